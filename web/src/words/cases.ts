import type { Case } from '../api/types';
import type { Look } from './status';

/** Who acts next on a case: five kinds of hands, by the class of the failure. */
export function whoActs(cls: string): Look & { next: string } {
  switch (
    cls
      .toLowerCase()
      .replace(/error$/, '')
      .replace(/[_-]/g, ' ')
  ) {
    case 'attention':
    case 'operator':
      return { tone: 'bad', icon: 'wrench', word: 'operator', next: 'An operator acts' };
    case 'refused':
    case 'data owner':
      return {
        tone: 'wait',
        icon: 'person',
        word: 'data owner',
        next: 'The owner of the data acts',
      };
    case 'defect':
    case 'developer':
      return { tone: 'bad', icon: 'code', word: 'developer', next: 'A developer acts' };
    case 'unknown':
    case 'resolver':
      return { tone: 'wait', icon: 'question', word: 'resolver', next: 'Andon is finding out' };
    case 'transient':
    case 'clock':
      return {
        tone: 'quiet',
        icon: 'hourglass',
        word: 'clock',
        next: 'The clock acts: it tries again',
      };
    default:
      return { tone: 'wait', icon: 'person', word: cls, next: `${cls} acts` };
  }
}

const URGENCY: Readonly<Record<string, number>> = {
  operator: 0,
  'data owner': 1,
  developer: 2,
  resolver: 3,
  clock: 4,
};

/** The queue: what stops a connection first, then questions, then the oldest; nobody's hands last. */
export function ranked(cases: readonly Case[]): Case[] {
  return [...cases].sort(
    (a, b) =>
      urgency(a) - urgency(b) ||
      Number(b.choices.length > 0) - Number(a.choices.length > 0) ||
      Date.parse(a.opened_at) - Date.parse(b.opened_at),
  );
}

function urgency(one: Case): number {
  return URGENCY[whoActs(one.class).word] ?? 1;
}

export interface Parts {
  cannot: string;
  known: string;
  next: string;
}

/** What cannot be done, what is known, what to do next: by lines, else by sentences. */
export function threeParts(text: string): Parts {
  const lines = text
    .split(/\n+/)
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines.length >= 3) return parts(lines);
  const sentences = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?])\s+(?=[\p{Lu}\d])/u);
  return lines.length === 2 ? twoLines(lines, text) : parts(sentences);
}

function parts([cannot = '', ...rest]: string[]): Parts {
  const next = rest.length > 1 ? (rest.at(-1) ?? '') : '';
  return { cannot, known: (next ? rest.slice(0, -1) : rest).join(' '), next };
}

/** The house's own messages: first line what and what is known, second line what to do. */
function twoLines([first = '', next = '']: string[], text: string): Parts {
  const [cannot = text, ...known] = first.split(/(?<=[.!?])\s+(?=[\p{Lu}\d])/u);
  return { cannot, known: known.join(' '), next };
}
