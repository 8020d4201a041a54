import { describe, expect, it } from 'vitest';

import {
  asText,
  attributeWords,
  isStatus,
  messageWords,
  nameParts,
  relationWords,
  shown,
  words,
} from './value';

describe('a belief in words', () => {
  it.each([
    [null, 'nothing'],
    ['', 'nothing'],
    [0, '0'],
    [false, 'no'],
    ['LINE-2', 'LINE-2'],
    [{ amount: '485', unit: 'pcs' }, '485 pcs'],
    [['a', { amount: '1', unit: 'kg' }], 'a, 1 kg'],
    [{ odd: 1 }, '{"odd":1}'],
  ])('%j is said as %s', (value, said) => {
    expect(asText(value)).toBe(said);
  });
  it('knows a moment by its zone; a time without one stays text', () => {
    expect(shown('2026-11-23T06:00:00Z').kind).toBe('moment');
    expect(shown('2026-11-23T06:00:00+01:00').kind).toBe('moment');
    expect(shown('2026-11-23T06:00:00').kind).toBe('text');
  });
});

it('reads names as words', () => {
  expect(words('quantity_good')).toBe('quantity good');
  expect(words('OrderReleased')).toBe('order released');
});

it('takes a subject name apart, and nothing else', () => {
  expect(nameParts('production-order/erp:10/46:a')).toEqual({
    kind: 'production-order',
    issuer: 'erp',
    local: '10/46:a',
  });
  expect(nameParts('WO-1046')).toBeNull();
});

it('keeps the names of operations and materials in attributes', () => {
  expect(attributeWords('component.RAW-SUGAR.lots')).toBe('RAW-SUGAR lots');
  expect(attributeWords('operation.Mix.wip')).toBe('Mix wip');
  expect(attributeWords('due_at')).toBe('due at');
});

it('knows the states of things and of their operations', () => {
  expect(['status', 'operation.0010.status', 'state'].map(isStatus)).toEqual([true, true, true]);
  expect(['statuses', 'good', 'scheduled_on'].map(isStatus)).toEqual([false, false, false]);
});

it('says a message type without the house and its version', () => {
  expect(messageWords('andon.production.order.assign-lots.v1')).toBe(
    'production order assign lots',
  );
});

it('turns a relation round when it is seen from the other side', () => {
  expect(relationWords('made-by', 'out')).toBe('made by');
  expect(relationWords('makes', 'in')).toBe('made by');
  expect(relationWords('packs', 'in')).toContain('packs');
});
