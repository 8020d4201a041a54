import { expect, it } from 'vitest';

import type { MatrixRow } from '../api/types';
import { whatCountsFirst } from './matrix';

function row(attribute: string, owner: string | null = null, differs = false): MatrixRow {
  const cell = { system: 'erp', stands: differs ? 'differs' : 'unowned' };
  return { attribute, owner, steward: null, cells: [cell] } as unknown as MatrixRow;
}

it('puts disagreements first, then what counts, then what is owned, details last', () => {
  const rows = [
    row('operation.Mix.good'),
    row('material'),
    row('due_at', 'erp'),
    row('planned', 'erp'),
    row('status', 'mes'),
    row('good', 'mes', true),
  ];
  const order = whatCountsFirst(rows).map((one) => one.attribute);
  expect(order).toEqual(['good', 'status', 'planned', 'due_at', 'material', 'operation.Mix.good']);
});
