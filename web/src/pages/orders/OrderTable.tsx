import { Link } from '@tanstack/react-router';

import type { SubjectRow, SubjectState } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { serverNow } from '../../words/clock';
import { isLate, stateIn, systemsOf } from '../../words/orders';
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
            Due
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
    <tr role="row" data-trouble={row.exceptions_open > 0 || row.differs || row.held.length > 0}>
      <th role="rowheader" scope="row">
        <Link className="order-link" to="/subjects/$" params={{ _splat: row.name }}>
          {row.local}
        </Link>
        <Wanted row={row} />
      </th>
      {systems.map((system) => (
        <td role="cell" key={system} data-label={system} data-said={stateIn(row, system) != null}>
          <State state={stateIn(row, system)} />
        </td>
      ))}
      <td role="cell" className="needs">
        <Needs row={row} />
      </td>
      <td role="cell" className="end" data-label="due">
        <Due row={row} />
      </td>
    </tr>
  );
}

/** What is to be made, and where the order comes from. */
function Wanted({ row }: { row: SubjectRow }) {
  const { planned, material } = row.header;
  return (
    <>
      {(planned ?? material) && (
        <span className="wanted">
          {planned} {material}
        </span>
      )}
      <small className="dim">
        {row.issuer} · {row.site} · seen <Age at={row.first_at} />
      </small>
    </>
  );
}

function Due({ row }: { row: SubjectRow }) {
  const due = row.header.due_at;
  if (!due) return <span className="dim">–</span>;
  return (
    <span className={isLate(row, serverNow()) ? 'late' : 'dim'}>
      <Age at={due} />
    </span>
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
      {row.held.length > 0 && (
        <Mark strong look={{ tone: 'bad', icon: 'hand', word: 'lot on hold' }} />
      )}
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
