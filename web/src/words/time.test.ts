import { describe, expect, it } from 'vitest';

import { age, duration, utc, wallTime } from './time';

describe('how long something took', () => {
  it.each([
    [0, '0 ms'],
    [84, '84 ms'],
    [999.4, '999 ms'],
    [3612, '3.6 s'],
    [9999, '9.9 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [77_100, '1 min 17 s'],
    [3_600_000 + 5 * 60_000, '1 h 05 min'],
    [50 * 3_600_000, '2 d 02 h'],
    [-84, '−84 ms'],
  ])('%d ms is said as %s', (ms, said) => {
    expect(duration(ms)).toBe(said);
  });
});

describe('how old something is', () => {
  const now = Date.parse('2026-11-23T03:00:00Z');
  it.each([
    ['2026-11-23T02:59:59.500Z', 'now'],
    ['2026-11-23T03:00:02Z', 'now'],
    ['2026-11-23T02:59:48Z', '12 s'],
    ['2026-11-23T02:56:00Z', '4 min'],
    ['2026-11-22T04:00:00Z', '23 h'],
    ['2026-11-22T02:00:00Z', '25 h'],
    ['2026-11-19T02:00:00Z', '4 d'],
    ['2020-01-01T00:00:00Z', '6 years'],
    ['2026-11-23T05:00:00Z', 'in 2 h'],
    ['yesterday', ''],
  ])('%s is %s old', (at, said) => {
    expect(age(at, now)).toBe(said);
  });
});

it('says the day and the year only when it is another one', () => {
  const noon = new Date(2026, 10, 23, 12, 0, 0);
  const morning = new Date(2026, 10, 23, 3, 4, 5).toISOString();
  const before = new Date(2026, 10, 22, 3, 4, 5).toISOString();
  expect(wallTime(morning, noon.getTime())).toBe('03:04:05');
  expect(wallTime(before, noon.getTime())).toBe('22 Nov, 03:04:05');
  const long = new Date(2020, 0, 1, 0, 0, 0).toISOString();
  expect(wallTime(long, noon.getTime())).toBe('1 Jan 2020, 00:00:00');
});

it('gives UTC to the millisecond, and what it cannot read as it is', () => {
  expect(utc('2026-11-23T04:12:40.5+01:00')).toBe('2026-11-23 03:12:40.500 UTC');
  expect(utc('soon')).toBe('soon');
});
