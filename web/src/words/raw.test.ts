import { expect, it } from 'vitest';

import { readable } from './raw';

it('indents JSON, keeps other text, and breaks base64 into lines', () => {
  expect(readable('{"a":1}', 'utf-8').text).toBe('{\n  "a": 1\n}');
  expect(readable('UNA:+.? ', 'utf-8')).toEqual({ text: 'UNA:+.? ', note: 'Text, unchanged.' });
  expect(readable('A'.repeat(100), 'base64').text).toBe(`${'A'.repeat(76)}\n${'A'.repeat(24)}`);
});
