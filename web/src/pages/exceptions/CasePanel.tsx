import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { type CaseState, oneCase } from '../../api/queries';
import type { CaseWithRaw } from '../../api/types';
import { CaseActions } from '../../parts/CaseActions';
import { CaseFacts, CaseText, SubjectLink } from '../../parts/CaseText';
import { Icon } from '../../parts/Icon';
import { Mark } from '../../parts/Mark';
import { Wall } from '../../parts/Moment';
import { Loading, Trouble } from '../../parts/Trouble';
import { Value } from '../../parts/Value';
import { words } from '../../words/value';
import { RawItem } from './RawItem';
import { Reach } from './Reach';

/** One case in full: its three parts, what can be done, the facts and the raw item. */
export function CasePanel({ id, state }: { id: number; state: CaseState }) {
  const { data, error, refetch } = useQuery(oneCase(id));
  return (
    <section className="panel" aria-label={`Case ${id}`}>
      <Link to="/exceptions" search={{ state }} className="panel-back">
        ← the queue
      </Link>
      {data ? (
        <Case one={data} />
      ) : error ? (
        <Trouble error={error} retry={() => void refetch()} />
      ) : (
        <Loading what={`case ${id}`} />
      )}
    </section>
  );
}

function Case({ one }: { one: CaseWithRaw }) {
  return (
    <div className="case card" data-state={one.state}>
      <CaseFacts one={one} />
      <CaseText one={one} heading="h2" />
      {one.state === 'resolved' ? <Closed one={one} /> : <CaseActions one={one} />}
      <dl className="facts">
        {one.subject && (
          <>
            <dt>about</dt>
            <dd>
              <SubjectLink name={one.subject} />
            </dd>
          </>
        )}
        {one.reach === null && one.hurts.length > 0 && (
          <>
            <dt>hurts</dt>
            <dd>
              <Hurts all={one.hurts} />
            </dd>
          </>
        )}
        <dt>opened</dt>
        <dd>
          <Wall at={one.opened_at} />
          {one.position !== null && ` by record ${one.position}`}
        </dd>
        <dt>kind</dt>
        <dd>{words(one.code)}</dd>
        {Object.entries(one.detail).map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      {one.reach !== null && <Reach of={one.reach} />}
      {one.has_raw && <RawItem one={one} />}
    </div>
  );
}

/** Sales orders that wait for what cannot be made, who wants it soonest first. */
function Hurts({ all }: { all: CaseWithRaw['hurts'] }) {
  return (
    <ul className="hurts">
      {all.map((one) => (
        <li key={one.order}>
          <SubjectLink name={one.order} />
          {one.customer && (
            <>
              {' of '}
              <SubjectLink name={one.customer} />
            </>
          )}
          {` waits for ${one.item}`}
          {one.wanted_by && (
            <>
              {', wanted by '}
              <Wall at={one.wanted_by} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{words(name)}</dt>
      <dd>
        <Value value={value} />
      </dd>
    </>
  );
}

function Closed({ one }: { one: CaseWithRaw }) {
  return (
    <p className="closed">
      <Mark look={{ tone: 'good', icon: 'check', word: 'resolved' }} strong />
      <span>
        {one.answer && (
          <>
            answered <strong>{one.answer}</strong>{' '}
          </>
        )}
        {one.closed_by && (
          <>
            <Icon glyph="person" /> {one.closed_by}{' '}
          </>
        )}
        {one.closed_at && <Wall at={one.closed_at} />}
      </span>
    </p>
  );
}
