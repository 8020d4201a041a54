const STROKES = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  play: 'M8 5.5v13l10-6.5z',
  pause: 'M8 5v14M16 5v14',
  hand: 'M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7zM8.5 12h7',
  flag: 'M6 21V4h11l-2.5 4L17 12H6',
  dot: 'M12 9a3 3 0 100 6 3 3 0 000-6z',
  crown: 'M4 18h16M4 15l-1-8 5 4 4-6 4 6 5-4-1 8z',
  hourglass: 'M7 4h10M7 20h10M8 4c0 5 4 5 4 8s-4 3-4 8M16 4c0 5-4 5-4 8s4 3 4 8',
  differs: 'M5 9h14M5 15h14M16 4L8 20',
  question: 'M8.5 9a3.5 3.5 0 117 0c0 2.5-3.5 2.5-3.5 5.5M12 18.5v.5',
  wrench:
    'M14 6a4.5 4.5 0 016-2l-3 3 0 3 3 0 2.5-2.5a4.5 4.5 0 01-6.5 5L9 19.5a2.1 2.1 0 01-3-3L13 9.5A4.5 4.5 0 0114 6z',
  person: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6',
  code: 'M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5',
  alert: 'M12 4L2.5 20h19zM12 10v4.5M12 17v.5',
  search: 'M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20.5 20.5',
  arrow: 'M4 12h15M13 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.8 1.8M17.2 17.2L19 19M19 5l-1.8 1.8M6.8 17.2L5 19',
  moon: 'M20 14.5A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.5z',
  screen: 'M3.5 5h17v11h-17zM8.5 20h7M12 16v4',
  out: 'M14 4h5.5v16H14M4 12h11M11 8l4 4-4 4',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 01-12 0zM12 17v4',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  clock: 'M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM12 7.5V12l3 2',
} as const;

export type Glyph = keyof typeof STROKES;

/** A sign beside a word; it never stands alone, so it is hidden from screen readers. */
export function Icon({ glyph, size = '1.1em' }: { glyph: Glyph; size?: number | string }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={STROKES[glyph]} />
    </svg>
  );
}
