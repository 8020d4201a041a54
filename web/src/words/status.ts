import type { Glyph } from '../parts/Icon';
import { duration } from './time';

export type Tone = 'good' | 'busy' | 'wait' | 'bad' | 'quiet';

export interface Look {
  tone: Tone;
  icon: Glyph;
  word: string;
}

const STATUS: Readonly<Record<string, readonly [Tone, Glyph]>> = {
  forecast: ['quiet', 'dot'],
  planned: ['quiet', 'dot'],
  draft: ['quiet', 'dot'],
  pending: ['quiet', 'dot'],
  waiting: ['quiet', 'dot'],
  assigned: ['quiet', 'dot'],
  released: ['wait', 'flag'],
  distributed: ['wait', 'flag'],
  acknowledged: ['wait', 'flag'],
  ready: ['wait', 'flag'],
  running: ['busy', 'play'],
  started: ['busy', 'play'],
  in_progress: ['busy', 'play'],
  held: ['bad', 'hand'],
  halted: ['bad', 'hand'],
  paused: ['bad', 'hand'],
  aborted: ['bad', 'cross'],
  failed: ['bad', 'cross'],
  cancelled: ['quiet', 'cross'],
  completed: ['good', 'check'],
  done: ['good', 'check'],
  received: ['good', 'check'],
  closed: ['good', 'check'],
  executing: ['busy', 'play'],
  notexecuting: ['quiet', 'pause'],
  notavailable: ['bad', 'cross'],
  outofservice: ['wait', 'wrench'],
};

/** A status of any system: what we know gets its sign, what we do not know is said as it is. */
export function statusLook(value: string): Look {
  const [tone, icon] = STATUS[value.toLowerCase()] ?? ['quiet', 'dot'];
  return { tone, icon, word: words(value) };
}

/** A lot that must not be used or moved, by the word of any system. */
export const onHold: Look = { tone: 'bad', icon: 'hand', word: 'on hold' };

export type Stand = 'owner' | 'agrees' | 'settling' | 'differs' | 'unowned';

export const standLook: Readonly<Record<Stand, Look>> = {
  owner: { tone: 'quiet', icon: 'crown', word: 'owner' },
  agrees: { tone: 'good', icon: 'check', word: 'agrees' },
  settling: { tone: 'wait', icon: 'hourglass', word: 'settling' },
  differs: { tone: 'bad', icon: 'differs', word: 'differs' },
  unowned: { tone: 'quiet', icon: 'dot', word: 'no owner' },
};

const DELIVERY: Readonly<Record<string, Look>> = {
  awaiting: { tone: 'wait', icon: 'hand', word: 'waits for approval' },
  pending: { tone: 'quiet', icon: 'hourglass', word: 'pending' },
  sending: { tone: 'busy', icon: 'play', word: 'sending' },
  waiting: { tone: 'wait', icon: 'hourglass', word: 'waiting to try again' },
  offered: { tone: 'wait', icon: 'flag', word: 'offered, not fetched' },
  unknown: { tone: 'wait', icon: 'question', word: 'outcome unknown' },
  parked: { tone: 'bad', icon: 'hand', word: 'parked' },
  refused: { tone: 'bad', icon: 'cross', word: 'refused' },
  delivered: { tone: 'good', icon: 'check', word: 'delivered' },
  cancelled: { tone: 'quiet', icon: 'cross', word: 'cancelled' },
};

const WITHHELD: Look = { tone: 'bad', icon: 'hand', word: 'withheld' };

/** How a command stands; one on offer that has a reason against it is withheld. */
export function deliveryLook(one: { state: string; last_error: string | null }): Look {
  const { state } = one;
  if (state === 'offered' && one.last_error !== null) return WITHHELD;
  return DELIVERY[state] ?? { tone: 'quiet', icon: 'dot', word: words(state) };
}

/** Whether nothing more happens to a command, and nobody need look at it. */
export function isOver(one: { state: string }): boolean {
  return one.state === 'delivered' || one.state === 'cancelled';
}

const HEALTH: Readonly<Record<string, Look>> = {
  running: { tone: 'good', icon: 'check', word: 'running' },
  paused: { tone: 'wait', icon: 'pause', word: 'paused' },
  unreachable: { tone: 'bad', icon: 'cross', word: 'unreachable' },
  stopped: { tone: 'quiet', icon: 'hand', word: 'stopped' },
};

export function healthLook(state: string): Look {
  return HEALTH[state] ?? { tone: 'wait', icon: 'question', word: words(state) };
}

function words(value: string): string {
  return value
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase();
}

const RECORD: Readonly<Record<string, Look>> = {
  event: { tone: 'quiet', icon: 'flag', word: 'event' },
  command: { tone: 'busy', icon: 'arrow', word: 'command' },
  receipt: { tone: 'good', icon: 'check', word: 'receipt' },
  refusal: { tone: 'bad', icon: 'cross', word: 'refusal' },
  note: { tone: 'wait', icon: 'person', word: 'note' },
};

export function recordLook(kind: string): Look {
  return RECORD[kind] ?? { tone: 'quiet', icon: 'dot', word: words(kind) };
}

interface Lag {
  changed_at: string;
  lag_ms: number | null;
  within_s: number | null;
}

/** How a follower keeps up: agreed in time, agreed late, still has time, or is overdue. */
export function lagLook(lag: Lag, now: number): Look {
  const limit = lag.within_s === null ? Infinity : lag.within_s * 1000;
  if (lag.lag_ms !== null) {
    const word = `agreed in ${duration(lag.lag_ms)}`;
    return lag.lag_ms <= limit
      ? { tone: 'good', icon: 'check', word }
      : { tone: 'wait', icon: 'hourglass', word: `${word}, late` };
  }
  return now - Date.parse(lag.changed_at) <= limit
    ? { tone: 'wait', icon: 'hourglass', word: 'settling' }
    : { tone: 'bad', icon: 'differs', word: 'overdue' };
}
