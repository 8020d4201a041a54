import { describe, expect, it } from 'vitest';

import { asProblem, nextStep, Problem } from './problem';

describe('a problem', () => {
  it('keeps every fault and choice it can read, and drops what it cannot', () => {
    const problem = new Problem(422, {
      title: 'Not valid',
      detail: 'Two things.',
      errors: [{ at: '/note', says: 'is required' }, 'odd'],
      choices: ['a/b:1', { name: 'a/b:2' }, 7],
    });
    expect(problem.message).toBe('Not valid');
    expect(problem.errors).toEqual([{ at: '/note', says: 'is required' }]);
    expect(problem.choices).toEqual(['a/b:1', 'a/b:2']);
  });
  it('has words of its own when a proxy answers in HTML', () => {
    expect(new Problem(502, '<html>').message).toBe('Andon failed to answer (502)');
    expect(new Problem(418, undefined).message).toBe('Andon refused (418)');
  });
  it('is a missing answer when the network failed', () => {
    expect(asProblem(new TypeError('Failed to fetch')).status).toBe(0);
  });
});

it('says what to do next, and asks to choose only when there is a choice', () => {
  expect(nextStep(new Problem(409, { choices: ['a'] }))).toMatch(/^Choose/);
  expect(nextStep(new Problem(409, {}))).toMatch(/^Somebody was quicker/);
  for (const status of [0, 400, 401, 403, 404, 418, 422, 429, 500, 503])
    expect(nextStep(new Problem(status, {}))).not.toBe('');
});
