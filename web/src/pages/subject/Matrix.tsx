import type { Cell, MatrixRow, Subject } from '../../api/types';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { Value } from '../../parts/Value';
import { Empty } from '../../parts/Trouble';
import { whatCountsFirst } from '../../words/matrix';
import { standLook, statusLook } from '../../words/status';
import { duration } from '../../words/time';
import { asText, attributeWords, isStatus } from '../../words/value';

/** Rows are attributes, columns systems; each cell says its value, age, record and how it stands. */
export function Matrix({ rows, aliases }: { rows: MatrixRow[]; aliases: Subject['aliases'] }) {
  const systems = [...new Set(rows.flatMap((row) => row.cells.map((cell) => cell.system)))];
  systems.sort((a, b) => a.localeCompare(b));
  if (rows.length === 0) {
    return (
      <Empty title="No system has said anything about it yet">
        It was named by another subject. As soon as a record claims something, it stands here.
      </Empty>
    );
  }
  return (
    <table className="matrix" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader">
            <span className="sr-only">Attribute</span>
          </th>
          {systems.map((system) => (
            <th role="columnheader" key={system}>
              {system}{' '}
              <span className="dim">{aliases.find((one) => one.system === system)?.local}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {whatCountsFirst(rows).map((row) => (
          <tr role="row" key={row.attribute}>
            <th role="rowheader" scope="row">
              {attributeWords(row.attribute)}
              <small className="dim">{owners(row)}</small>
            </th>
            {systems.map((system) => (
              <Belief key={system} row={row} system={system} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function owners(row: MatrixRow): string {
  if (row.owner === null) return '';
  return row.steward === null
    ? `${row.owner} owns`
    : `${row.owner} owns, ${row.steward} looks after it`;
}

function Belief({ row, system }: { row: MatrixRow; system: string }) {
  const cell = row.cells.find((one) => one.system === system);
  if (!cell) {
    return (
      <td role="cell" data-label={system} className="no-belief">
        <span className="dim">–</span>
        <span className="sr-only">has said nothing</span>
      </td>
    );
  }
  const look = standLook[cell.stands];
  return (
    <td role="cell" data-label={system} data-stands={cell.stands} data-tone={look.tone}>
      <div className="belief">
        <span className="belief-value">
          {isStatus(row.attribute) ? (
            <Mark look={statusLook(asText(cell.value))} />
          ) : (
            <Value value={cell.value} />
          )}
        </span>
        {cell.stands !== 'unowned' && (
          <Mark look={{ ...look, word: look.word + allowance(cell) }} />
        )}
      </div>
      <small className="dim">
        since <Age at={cell.since} />, from record{' '}
        <a href={`#r${cell.position}`}>{cell.position}</a>
      </small>
    </td>
  );
}

function allowance(cell: Cell): string {
  if (cell.follower_within_s === null) return '';
  const within = duration(cell.follower_within_s * 1000);
  if (cell.stands === 'settling') return `, has ${within}`;
  return cell.stands === 'differs' ? `, had ${within}` : '';
}
