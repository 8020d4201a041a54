import { describe, expect, it } from 'vitest';

import type { TimelineRecord } from '../api/types';
import { lanes, pace, rows, slowest } from './timeline';

const record = (position: number, more: Partial<TimelineRecord>): TimelineRecord => ({
  position,
  kind: 'event',
  type: 'OrderReleased',
  source: 'erp',
  target: null,
  occurred_at: '2026-11-23T02:00:00Z',
  recorded_at: '2026-11-23T02:00:00Z',
  hop_ms: null,
  title: '',
  causation: null,
  claims: {},
  actor: '',
  data: {},
  ...more,
});

describe('lanes', () => {
  it('put the hub between the first system and the others', () => {
    expect(
      lanes([
        record(1, {}),
        record(2, { source: 'andon', target: 'mes' }),
        record(3, { source: 'wms' }),
      ]),
    ).toEqual(['erp', 'andon', 'mes', 'wms']);
  });
  it('have no hub where it said nothing', () => {
    expect(lanes([record(1, {})])).toEqual(['erp']);
  });
});

it('orders by position and marks where nothing was heard for five minutes', () => {
  const said = rows([
    record(9, { recorded_at: '2026-11-23T02:06:00Z' }),
    record(7, {}),
    record(8, { recorded_at: '2026-11-23T02:01:00Z' }),
  ]).map((row) => (row.kind === 'record' ? row.record.position : row));
  expect(said).toEqual([7, 8, { kind: 'quiet', ms: 300_000, after: 8 }, 9]);
});

it('names the longest hop, and none where nothing followed from anything', () => {
  const late = record(2, { hop_ms: 77_000 });
  expect(slowest([record(1, { hop_ms: 80 }), late])).toBe(late);
  expect(slowest([record(1, {})])).toBeNull();
});

it('tells a machine’s pace from a person’s', () => {
  expect([1999, 2000, 59_999, 60_000].map(pace)).toEqual(['quick', 'slow', 'slow', 'late']);
});
