import type { Connection } from '../api/types';
import type { Tone } from './status';

const ORDER: Readonly<Record<string, number>> = { unreachable: 0, stopped: 1, paused: 2 };

/** What needs somebody stands first; within that, by name. */
export function troubledFirst(items: readonly Connection[]): Connection[] {
  const place = (one: Connection) => ORDER[one.state] ?? 3;
  return [...items].sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** The backlog in a person's words; the tone tells whose hands are needed. */
export function figures(backlog: Connection['backlog']): { word: string; n: number; tone: Tone }[] {
  return [
    { word: 'pending', n: backlog.pending, tone: 'quiet' },
    { word: 'outcome unknown', n: backlog.unknown, tone: 'wait' },
    { word: 'parked', n: backlog.parked, tone: 'bad' },
    { word: 'offered', n: backlog.offered, tone: 'quiet' },
  ];
}
