import { expect, it } from 'vitest';

import { namesIn } from './feed';

it('reads which subjects changed; not knowing means all', () => {
  expect(namesIn('{"subjects":["production-order/erp:1"],"position":7}')).toEqual([
    'production-order/erp:1',
  ]);
  expect(namesIn('{"subjects":null,"position":7}')).toBe('all');
  expect(namesIn('gibberish')).toBe('all');
});
