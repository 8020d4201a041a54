import './timeline.css';

import type { TimelineRecord } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { Wall } from '../../parts/Moment';
import { duration } from '../../words/time';
import { lanes, pace, rows, slowest } from '../../words/timeline';
import { RecordCard } from './RecordCard';

/** What happened, one lane per system, with the time every hop took. */
export function Timeline({ records, name }: { records: TimelineRecord[]; name: string }) {
  const columns = lanes(records);
  const worst = slowest(records);
  const last = records.at(-1);
  return (
    <section aria-labelledby="timeline">
      <div className="section-head">
        <h2 id="timeline">What happened</h2>
        <span className="dim">
          {records.length === 1 ? '1 record' : `${records.length} records`}
          {worst?.hop_ms != null && (
            <>
              , longest hop <a href={`#r${worst.position}`}>{duration(worst.hop_ms)}</a>
            </>
          )}
          {last && (
            <>
              , <a href={`#r${last.position}`}>to the latest</a>
            </>
          )}
        </span>
      </div>
      <div
        className="timeline card"
        style={{ '--columns': template(columns.length) } as React.CSSProperties}
      >
        <div className="lane-heads" aria-hidden="true">
          {columns.map((lane, n) => (
            <strong key={lane} style={{ gridColumn: n + 2 }}>
              {lane}
            </strong>
          ))}
        </div>
        <ol>
          {rows(records).map((row) =>
            row.kind === 'quiet' ? (
              <li className="quiet-time" key={`quiet ${row.after}`}>
                <span>quiet for {duration(row.ms)}</span>
              </li>
            ) : (
              <Row key={row.record.position} record={row.record} columns={columns} name={name} />
            ),
          )}
        </ol>
      </div>
    </section>
  );
}

/** The last lane is as wide as a card; a card of another lies over those that follow it. */
function template(lanes: number): string {
  return ['7.6rem', ...Array<string>(lanes - 1).fill('minmax(0, 1fr)'), 'minmax(14rem, 1fr)'].join(
    ' ',
  );
}

function Row(props: { record: TimelineRecord; columns: string[]; name: string }) {
  const { record, columns, name } = props;
  const from = columns.indexOf(record.source);
  const to = record.target === null ? -1 : columns.indexOf(record.target);
  return (
    <li className="record" id={`r${record.position}`}>
      <div className="record-time">
        <Wall at={record.recorded_at} />
        {record.hop_ms !== null && <Hop ms={record.hop_ms} />}
      </div>
      {columns.map((lane, n) => (
        <span
          key={lane}
          className="lane"
          data-here={n === from}
          style={{ gridColumn: n + 2 }}
          aria-hidden="true"
        />
      ))}
      <div className="record-place" style={{ gridColumn: `${from + 2} / -1` }}>
        <RecordCard record={record} name={name} />
      </div>
      {to >= 0 && to !== from && (
        <span
          className="lane-arrow"
          data-to={to > from ? 'right' : 'left'}
          style={{ gridColumn: `${Math.min(from, to) + 2} / ${Math.max(from, to) + 2}` }}
          aria-hidden="true"
        />
      )}
    </li>
  );
}

function Hop({ ms }: { ms: number }) {
  const speed = pace(ms);
  return (
    <span className="hop" data-pace={speed} title="time since the record that caused this one">
      {speed === 'late' && <Icon glyph="hourglass" />}+{duration(ms)}
    </span>
  );
}
