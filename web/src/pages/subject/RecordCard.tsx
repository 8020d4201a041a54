import { Link } from '@tanstack/react-router';

import type { TimelineRecord } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { Wall } from '../../parts/Moment';
import { Value } from '../../parts/Value';
import { recordLook, statusLook } from '../../words/status';
import { asText, attributeWords, isStatus } from '../../words/value';

/** One record: its sentence and claims; the rest on demand. */
export function RecordCard({ record, name }: { record: TimelineRecord; name: string }) {
  const look = recordLook(record.kind);
  const claims = Object.entries(record.claims);
  return (
    <details className="record-card" data-tone={look.tone}>
      <summary>
        <Icon glyph={look.icon} />
        <span>
          <span className="record-system">
            {record.source}
            {record.target && ` → ${record.target}`}
          </span>
          {record.title}
          <small className="dim record-type">
            {look.word}
            {record.target && ` to ${record.target}`}
          </small>
          {claims.map(([attribute, value]) => (
            <small className="claim" key={attribute}>
              {attributeWords(attribute)}:{' '}
              {isStatus(attribute) && value ? (
                statusLook(asText(value)).word
              ) : (
                <Value value={value} />
              )}
            </small>
          ))}
        </span>
      </summary>
      <dl>
        <dt>happened</dt>
        <dd>
          <Wall at={record.occurred_at} />
        </dd>
        <dt>recorded</dt>
        <dd>
          <Wall at={record.recorded_at} /> as {record.position}
        </dd>
        {record.causation !== null && (
          <>
            <dt>follows from</dt>
            <dd>
              <a href={`#r${record.causation}`}>record {record.causation}</a>
            </dd>
          </>
        )}
        <dt>type</dt>
        <dd>{record.type}</dd>
        <dt>said by</dt>
        <dd>{record.actor}</dd>
      </dl>
      <pre tabIndex={0}>{JSON.stringify(record.data, null, 2)}</pre>
      <Link
        to="/subjects/$"
        params={{ _splat: name }}
        search={{ as_of: record.recorded_at }}
        hash="beliefs"
      >
        What was believed then
      </Link>
    </details>
  );
}
