const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** How long something took: 84 ms, 3.6 s, 1 min 17 s, 2 h 05 min. */
export function duration(ms: number): string {
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return two(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return two(ms, HOUR, 'h', MINUTE, 'min');
  return two(ms, DAY, 'd', HOUR, 'h');
}

function two(ms: number, big: number, bigWord: string, small: number, smallWord: string): string {
  const rest = Math.floor((ms % big) / small);
  const whole = `${Math.floor(ms / big)} ${bigWord}`;
  return rest === 0 ? whole : `${whole} ${String(rest).padStart(2, '0')} ${smallWord}`;
}

/** How old something is, in one unit: now, 12 s, 4 min, 2 h, 3 d, 7 years. */
export function age(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (Number.isNaN(ms)) return '';
  if (ms < -5 * SECOND) return `in ${oneUnit(-ms)}`;
  if (ms < 2 * SECOND) return 'now';
  return oneUnit(ms);
}

function oneUnit(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  if (ms < 2 * YEAR) return `${Math.floor(ms / DAY)} d`;
  return `${Math.floor(ms / YEAR)} years`;
}

/** Local wall time; the day is said only when it is not today, the year only when it is another. */
export function wallTime(at: string, now: number): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return at;
  const clock = moment.toLocaleTimeString('en-GB');
  const today = moment.toDateString() === new Date(now).toDateString();
  const thisYear = moment.getFullYear() === new Date(now).getFullYear();
  const day = moment.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(thisYear ? {} : { year: 'numeric' }),
  });
  return today ? clock : `${day}, ${clock}`;
}

/** The same moment for a log book: UTC to the millisecond. */
export function utc(at: string): string {
  const moment = new Date(at);
  return Number.isNaN(moment.getTime())
    ? at
    : `${moment.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

export function localFull(at: string): string {
  const moment = new Date(at);
  return Number.isNaN(moment.getTime())
    ? at
    : moment.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'long' });
}
