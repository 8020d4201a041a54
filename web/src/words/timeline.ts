import type { TimelineRecord } from '../api/types';

export const HUB = 'andon';

/** Lanes left to right: the first system to speak, then the hub between it and the others. */
export function lanes(records: readonly TimelineRecord[]): string[] {
  const seen = new Set<string>();
  for (const one of records) {
    seen.add(one.source);
    if (one.target !== null) seen.add(one.target);
  }
  const others = [...seen].filter((name) => name !== HUB);
  if (!seen.has(HUB)) return others;
  return [...others.slice(0, 1), HUB, ...others.slice(1)];
}

export type Row =
  { kind: 'record'; record: TimelineRecord } | { kind: 'quiet'; ms: number; after: number };

const QUIET = 5 * 60 * 1000;

/** Records by position, with a mark where nothing was heard for a while. */
export function rows(records: readonly TimelineRecord[]): Row[] {
  const sorted = [...records].sort((a, b) => a.position - b.position);
  return sorted.flatMap((record, n): Row[] => {
    const before = sorted[n - 1];
    const row: Row = { kind: 'record', record };
    if (before === undefined) return [row];
    const ms = Date.parse(record.recorded_at) - Date.parse(before.recorded_at);
    return ms >= QUIET ? [{ kind: 'quiet', ms, after: before.position }, row] : [row];
  });
}

export type Pace = 'quick' | 'slow' | 'late';

/** A hop under two seconds is a machine's, over a minute somebody waits. */
export function pace(ms: number): Pace {
  if (ms < 2000) return 'quick';
  return ms < 60_000 ? 'slow' : 'late';
}

/** The longest hop, named; what a reader asks first when an order took long. */
export function slowest(records: readonly TimelineRecord[]): TimelineRecord | null {
  return records.reduce<TimelineRecord | null>(
    (worst, one) => ((one.hop_ms ?? 0) > (worst?.hop_ms ?? 0) ? one : worst),
    null,
  );
}
