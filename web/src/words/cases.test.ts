import { describe, expect, it } from 'vitest';

import type { Case } from '../api/types';
import { ranked, threeParts, whoActs } from './cases';

const kase = (id: number, more: Partial<Case>): Case => ({
  id,
  class: 'refused',
  code: 'x',
  team: 'production',
  connection: null,
  subject: null,
  text: '',
  detail: {},
  choices: [],
  answer: null,
  state: 'open',
  opened_at: '2026-11-23T02:00:00Z',
  closed_at: null,
  closed_by: null,
  times: 1,
  position: null,
  has_raw: false,
  ...more,
});

describe('a text in three parts', () => {
  it('takes three lines as they are', () => {
    expect(threeParts('A fails.\nB is known. C too.\nDo D.')).toEqual({
      cannot: 'A fails.',
      known: 'B is known. C too.',
      next: 'Do D.',
    });
  });
  it('splits the house style of two lines', () => {
    expect(
      threeParts(
        'press-2 does not answer at 10.1.4.7:4840. Last seen 5 minutes ago; trying again in 30 s.\n' +
          'If it stays away, check that the controller is powered and the cable is in.',
      ),
    ).toEqual({
      cannot: 'press-2 does not answer at 10.1.4.7:4840.',
      known: 'Last seen 5 minutes ago; trying again in 30 s.',
      next: 'If it stays away, check that the controller is powered and the cable is in.',
    });
  });
  it('splits one line by sentences, not at decimal points', () => {
    expect(threeParts('Quantity 4.5 is refused. The plan says 4. Correct the plan.')).toEqual({
      cannot: 'Quantity 4.5 is refused.',
      known: 'The plan says 4.',
      next: 'Correct the plan.',
    });
  });
  it('loses nothing of a short text', () => {
    expect(threeParts('It broke.')).toEqual({ cannot: 'It broke.', known: '', next: '' });
    expect(threeParts('It broke. Badly.')).toEqual({
      cannot: 'It broke.',
      known: 'Badly.',
      next: '',
    });
  });
});

describe('who acts', () => {
  it.each([
    ['attention', 'operator'],
    ['AttentionError', 'operator'],
    ['data owner', 'data owner'],
    ['data_owner', 'data owner'],
    ['RefusedError', 'data owner'],
    ['unknown', 'resolver'],
    ['defect', 'developer'],
    ['clock', 'clock'],
    ['astrologer', 'astrologer'],
  ])('%s is in the hands of the %s', (cls, word) => {
    expect(whoActs(cls).word).toBe(word);
  });
});

it('ranks what stops a connection first, then questions, then the oldest', () => {
  const order = ranked([
    kase(1, { class: 'clock', opened_at: '2026-11-20T00:00:00Z' }),
    kase(2, { opened_at: '2026-11-23T01:00:00Z' }),
    kase(3, { opened_at: '2026-11-22T01:00:00Z' }),
    kase(4, { choices: ['a', 'b'] }),
    kase(5, { class: 'operator' }),
  ]).map((one) => one.id);
  expect(order).toEqual([5, 4, 3, 2, 1]);
});
