import type { Connection } from '../api/types';
import type { Tone } from './status';

/** The tone tells whose hands are needed. */
interface Figure {
  word: string;
  n: number;
  tone: Tone;
}

const ORDER: Readonly<Record<string, number>> = { unreachable: 0, stopped: 1, paused: 2 };

/** What needs somebody stands first; within that, by name. */
export function troubledFirst(items: readonly Connection[]): Connection[] {
  const place = (one: Connection) => ORDER[one.state] ?? 3;
  return [...items].sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** The backlog in a person's words, as far as the connection can have one. */
export function figures(one: Pick<Connection, 'backlog' | 'faces'>): Figure[] {
  const { pending, unknown, parked, offered, withheld } = one.backlog;
  const called: Figure[] = [
    { word: 'pending', n: pending, tone: 'quiet' },
    { word: 'outcome unknown', n: unknown, tone: 'wait' },
    { word: 'parked', n: parked, tone: 'bad' },
  ];
  const fetched: Figure[] = [
    { word: 'to be fetched', n: offered, tone: 'quiet' },
    { word: 'withheld', n: withheld, tone: 'bad' },
  ];
  return [
    ...(one.faces.includes('sink') ? called : []),
    ...(one.faces.includes('outbox') ? fetched : []),
  ];
}

/** Whether Andon calls it; one that only has doors here calls by itself. */
export function isCalled(faces: readonly string[]): boolean {
  return faces.includes('source') || faces.includes('sink');
}

/** Whether commands go there, so that something can wait. */
export function takes(faces: readonly string[]): boolean {
  return faces.includes('sink') || faces.includes('outbox');
}
