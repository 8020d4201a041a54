import { Link } from '@tanstack/react-router';

import type { SubjectRow, SubjectState } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { stateIn, systemsOf } from '../../words/orders';
import { statusLook } from '../../words/status';
import { asText } from '../../words/value';

/** One row per order, one column per system; on a narrow screen each row is a card. */
export function OrderTable({ rows }: { rows: readonly SubjectRow[] }) {
  const systems = systemsOf(rows);
  return (
    <table className="orders" role="table" data-few={systems.length <= 3}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader">Order</th>
          {systems.map((system) => (
            <th role="columnheader" key={system}>
              {system} <span className="dim">says</span>
            </th>
          ))}
          <th role="columnheader">Needs</th>
          <th role="columnheader" className="end">
            First seen
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <OrderRow key={row.name} row={row} systems={systems} />
        ))}
      </tbody>
    </table>
  );
}

function OrderRow({ row, systems }: { row: SubjectRow; systems: readonly string[] }) {
  return (
    <tr role="row" data-trouble={row.exceptions_open > 0 || row.differs}>
      <th role="rowheader" scope="row">
        <Link className="order-link" to="/subjects/$" params={{ _splat: row.name }}>
          {row.local}
        </Link>
        <small className="dim">
          {row.issuer} · {row.site}
        </small>
      </th>
      {systems.map((system) => (
        <td role="cell" key={system} data-label={system}>
          <State state={stateIn(row, system)} />
        </td>
      ))}
      <td role="cell" className="needs">
        <Needs row={row} />
      </td>
      <td role="cell" className="end dim" data-label="first seen">
        <Age at={row.first_at} />
      </td>
    </tr>
  );
}

function State({ state }: { state: SubjectState | undefined }) {
  if (!state)
    return (
      <span className="dim">
        <span aria-hidden="true">–</span>
        <span className="sr-only">has said nothing</span>
      </span>
    );
  return (
    <div className="state">
      <Mark look={statusLook(asText(state.value))} strong />
      <small className="dim">
        <Age at={state.since} />
        {state.owner && (
          <span className="owner">
            <Icon glyph="crown" /> owner
          </span>
        )}
      </small>
    </div>
  );
}

function Needs({ row }: { row: SubjectRow }) {
  return (
    <>
      {row.exceptions_open > 0 && (
        <Mark
          strong
          look={{
            tone: 'bad',
            icon: 'alert',
            word: row.exceptions_open === 1 ? '1 exception' : `${row.exceptions_open} exceptions`,
          }}
        />
      )}
      {row.differs && (
        <Mark strong look={{ tone: 'wait', icon: 'differs', word: 'systems differ' }} />
      )}
    </>
  );
}
