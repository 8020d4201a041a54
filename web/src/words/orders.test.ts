import { expect, it } from 'vitest';

import type { SubjectRow } from '../api/types';
import { inFlow, isLate, notRunning, systemsOf } from './orders';

const row = (issuer: string, ...systems: string[]) =>
  ({
    issuer,
    states: systems.map((system) => ({ system, value: 'x', since: '', owner: false })),
  }) as unknown as SubjectRow;

it('counts in the order work flows, unknown statuses last by name', () => {
  expect(inFlow({ zz: 1, Completed: 2, aa: 3, Released: 4 }).map(([name]) => name)).toEqual([
    'Released',
    'Completed',
    'aa',
    'zz',
  ]);
});

it('gives every system a column once, those that issue orders first', () => {
  expect(systemsOf([row('sap', 'mes', 'sap'), row('sap', 'aps', 'sap')])).toEqual([
    'sap',
    'aps',
    'mes',
  ]);
});

it('counts every connection that is not running, also in states added later', () => {
  expect(notRunning({ running: 5, paused: 1, unreachable: 2, draining: 1 })).toBe(4);
});

it('calls an order late when it is due and its owner does not say that it is over', () => {
  const due = (due_at: string | null, value: string) =>
    ({
      header: { due_at },
      states: [{ system: 'mes', value, owner: true }],
    }) as unknown as SubjectRow;
  const noon = Date.parse('2026-01-01T12:00:00Z');
  expect(isLate(due('2026-01-01T11:00:00+00:00', 'Running'), noon)).toBe(true);
  expect(isLate(due('2026-01-01T11:00:00+00:00', 'Completed'), noon)).toBe(false);
  expect(isLate(due('2026-01-01T13:00:00+00:00', 'Running'), noon)).toBe(false);
  expect(isLate(due(null, 'Running'), noon)).toBe(false);
});
