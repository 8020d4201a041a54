import './subject.css';

import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';

import { subject } from '../../api/queries';
import type { Subject } from '../../api/types';
import { CaseActions } from '../../parts/CaseActions';
import { CaseFacts, CaseText } from '../../parts/CaseText';
import { Icon } from '../../parts/Icon';
import { Age, Wall } from '../../parts/Moment';
import { Behind, Loading, Trouble } from '../../parts/Trouble';
import { ranked } from '../../words/cases';
import { Deliveries } from './Deliveries';
import { Header } from './Header';
import { Links } from './Links';
import { Matrix } from './Matrix';
import { Sync } from './Sync';
import { Timeline } from './Timeline';

/** One business object: what is stuck, who believes what, what happened, what is on its way. */
export function SubjectPage() {
  const { _splat: id = '' } = useParams({ from: '/frame/subjects/$' });
  const { as_of: asOf } = useSearch({ from: '/frame/subjects/$' });
  const { data, error, isPending, refetch, dataUpdatedAt } = useQuery(subject(id, asOf));

  if (isPending) return <Loading what={id} />;
  if (!data) return <Trouble error={error} retry={() => void refetch()} />;
  return (
    <article className="subject">
      {error && <Behind error={error} at={dataUpdatedAt} />}
      <Header subject={data} />
      <Cases cases={data.exceptions} />
      <section aria-labelledby="beliefs">
        <div className="section-head">
          <h2 id="beliefs">Who believes what</h2>
          {asOf ? (
            <AsOf at={asOf} name={data.name} />
          ) : (
            <span className="dim">
              read <Age at={data.generated_at} /> at record {data.position}
            </span>
          )}
        </div>
        <Matrix rows={data.matrix} aliases={data.aliases} />
      </section>
      <div className="subject-columns">
        <Timeline records={data.timeline} name={data.name} />
        <div className="subject-side">
          <Deliveries deliveries={data.deliveries} />
          <Sync lags={data.sync} />
          <Links links={data.links} />
        </div>
      </div>
    </article>
  );
}

function AsOf({ at, name }: { at: string; name: string }) {
  return (
    <span className="as-of" role="status">
      <Icon glyph="clock" /> as known at <Wall at={at} />
      <Link to="/subjects/$" params={{ _splat: name }} search={{}} resetScroll={false}>
        back to now
      </Link>
    </span>
  );
}

function Cases({ cases }: { cases: Subject['exceptions'] }) {
  const open = ranked(cases.filter((one) => one.state !== 'resolved'));
  if (open.length === 0) return null;
  return (
    <section className="subject-cases" aria-label="Open exceptions">
      {open.map((one) => (
        <div className="case card" key={one.id}>
          <CaseFacts one={one} />
          <CaseText one={one} heading="h2" />
          <CaseActions one={one} />
          <Link to="/exceptions" search={{ id: one.id }}>
            Case {one.id} in the queue
          </Link>
        </div>
      ))}
    </section>
  );
}
