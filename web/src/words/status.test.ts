import { describe, expect, it } from 'vitest';

import { deliveryLook, healthLook, lagLook, statusLook } from './status';

const changed = '2026-11-23T02:00:00Z';
const now = Date.parse(changed) + 90_000;

describe('how a follower keeps up', () => {
  it.each([
    [{ lag_ms: 3600, within_s: 60 }, 'agreed in 3.6 s', 'good'],
    [{ lag_ms: 77_000, within_s: 60 }, 'agreed in 1 min 17 s, late', 'wait'],
    [{ lag_ms: null, within_s: 3600 }, 'settling', 'wait'],
    [{ lag_ms: null, within_s: 60 }, 'overdue', 'bad'],
    [{ lag_ms: null, within_s: null }, 'settling', 'wait'],
  ])('%j is %s', (lag, word, tone) => {
    expect(lagLook({ changed_at: changed, ...lag }, now)).toMatchObject({ word, tone });
  });
});

it('says states nobody told it about as they are, in a quiet or waiting tone', () => {
  expect(statusLook('Half_Done')).toMatchObject({ word: 'half done', tone: 'quiet' });
  expect(deliveryLook({ state: 'teleported', last_error: null }).word).toBe('teleported');
  expect(healthLook('draining')).toMatchObject({ word: 'draining', tone: 'wait' });
});

it('calls a command withheld when it is on offer with a reason against it', () => {
  expect(deliveryLook({ state: 'offered', last_error: null }).tone).toBe('wait');
  expect(deliveryLook({ state: 'offered', last_error: 'Rename it.' }).word).toBe('withheld');
});

it('never says held or unreachable in the colour of good', () => {
  expect(statusLook('held').tone).toBe('bad');
  expect(healthLook('unreachable').tone).toBe('bad');
});
