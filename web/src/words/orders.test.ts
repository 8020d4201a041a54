import { expect, it } from 'vitest';

import type { SubjectRow } from '../api/types';
import { inFlow, notRunning, systemsOf } from './orders';

const row = (issuer: string, ...systems: string[]) =>
  ({
    issuer,
    states: systems.map((system) => ({ system, value: 'x', since: '', owner: false })),
  }) as unknown as SubjectRow;

it('counts in the order work flows, unknown statuses last by name', () => {
  expect(inFlow({ zz: 1, completed: 2, aa: 3, released: 4 }).map(([name]) => name)).toEqual([
    'released',
    'completed',
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
