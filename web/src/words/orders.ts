import type { SubjectRow, SubjectState } from '../api/types';
import { asText } from './value';

const FLOW = ['forecast', 'planned', 'released', 'ready', 'running', 'held', 'completed', 'closed'];

/** Counts by status in the order work flows; statuses we do not know follow by name. */
export function inFlow(counts: Readonly<Record<string, number>>): [string, number][] {
  const place = (status: string) => {
    const at = FLOW.indexOf(status.toLowerCase());
    return at < 0 ? FLOW.length : at;
  };
  return Object.entries(counts).sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b));
}

/** Connections that do not do their work, whatever keeps them from it. */
export function notRunning(byState: Readonly<Record<string, number>>): number {
  return Object.entries(byState).reduce(
    (sum, [state, n]) => sum + (state === 'running' ? 0 : n),
    0,
  );
}

/** The columns of the list: issuers of orders first, the others by name. */
export function systemsOf(rows: readonly SubjectRow[]): string[] {
  const issuers = new Set(rows.map((row) => row.issuer));
  const all = new Set(rows.flatMap((row) => row.states.map((state) => state.system)));
  const byName = (a: string, b: string) => a.localeCompare(b);
  return [
    ...[...issuers].filter((name) => all.has(name)).sort(byName),
    ...[...all].filter((name) => !issuers.has(name)).sort(byName),
  ];
}

export function stateIn(row: SubjectRow, system: string): SubjectState | undefined {
  return row.states.find((state) => state.system === system);
}

const OVER = new Set(['completed', 'closed', 'cancelled', 'aborted']);

/** Due before now, and not over by the word of the system that owns its status. */
export function isLate(row: SubjectRow, now: number): boolean {
  const due = row.header.due_at;
  if (!due || Date.parse(due) > now) return false;
  const owned = row.states.find((state) => state.owner) ?? row.states[0];
  return !OVER.has(asText(owned?.value).toLowerCase());
}
