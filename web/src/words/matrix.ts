import type { MatrixRow } from '../api/types';

/** What a reader looks for first, whoever owns it. */
const FIRST = ['status', 'hold', 'disposition', 'decision', 'planned', 'good', 'scrap'];

/** Disagreements, then what counts, then what somebody owns; details of operations last. */
export function whatCountsFirst(rows: readonly MatrixRow[]): MatrixRow[] {
  const place = (row: MatrixRow) => {
    if (row.cells.some((cell) => cell.stands === 'differs')) return -1;
    const at = FIRST.indexOf(row.attribute);
    if (at >= 0) return at;
    if (row.owner !== null) return FIRST.length;
    return row.attribute.includes('.') ? FIRST.length + 2 : FIRST.length + 1;
  };
  return [...rows].sort((a, b) => place(a) - place(b) || a.attribute.localeCompare(b.attribute));
}
