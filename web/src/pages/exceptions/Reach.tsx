import './reach.css';

import type { CaseWithRaw } from '../../api/types';
import { SubjectLink } from '../../parts/CaseText';
import { Age, Wall } from '../../parts/Moment';

type Reached = NonNullable<CaseWithRaw['reach']>;
type Gap = Reached['gaps'][number];

/** From stock that systems hold to be different to the schedule, to customers and to the journal. */
export function Reach({ of }: { of: Reached }) {
  return (
    <section className="reach" aria-label="what it reaches">
      <h3>What it reaches</h3>
      <ol>
        <li>
          <h4>stock</h4>
          <ul>
            {of.gaps.map((gap) => (
              <StockGap key={gap.lot + gap.unit} gap={gap} />
            ))}
          </ul>
        </li>
        <li>
          <h4>schedule</h4>
          {of.orders.length > 0 ? (
            <ul>
              {of.orders.map((one) => (
                <ScheduledOrder key={one.order} one={one} />
              ))}
            </ul>
          ) : (
            <p className="dim">no open order misses it or makes it</p>
          )}
        </li>
        <li>
          <h4>customers</h4>
          {of.sales.length > 0 ? (
            <ul>
              {of.sales.map((one) => (
                <Sale key={one.order} one={one} />
              ))}
            </ul>
          ) : (
            <p className="dim">no order that has not left waits for it</p>
          )}
        </li>
        <li>
          <h4>journal</h4>
          <ul>
            {of.gaps.map((gap) => (
              <Worth key={gap.lot + gap.unit} gap={gap} />
            ))}
          </ul>
        </li>
      </ol>
    </section>
  );
}

function StockGap({ gap }: { gap: Gap }) {
  return (
    <li>
      <SubjectLink name={gap.lot} />
      <ul>
        {gap.words.map((one) => (
          <li key={`${one.location} ${one.source}`}>
            {one.location}: <strong>{one.source}</strong> has {one.amount} {gap.unit}
            {one.said_at !== null && (
              <span className="dim">
                {', said '}
                <Age at={one.said_at} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}

function ScheduledOrder({ one }: { one: Reached['orders'][number] }) {
  return (
    <li>
      <SubjectLink name={one.order} />
      {one.how === 'misses' ? ` misses ${one.missing ?? 'it'}` : ' makes it'}
      {one.machine !== null && `, on ${one.machine}`}
      {one.ends_at !== null && (
        <>
          {', ends '}
          <Wall at={one.ends_at} />
        </>
      )}
      {one.due_at !== null && (
        <>
          {', due '}
          <Wall at={one.due_at} />
        </>
      )}
    </li>
  );
}

function Sale({ one }: { one: Reached['sales'][number] }) {
  return (
    <li>
      <SubjectLink name={one.order} />
      {one.customer !== null && (
        <>
          {' of '}
          <SubjectLink name={one.customer} />
        </>
      )}
      {one.through !== null && (
        <>
          {' through '}
          <SubjectLink name={one.through} />
        </>
      )}
      {one.wanted_by !== null && (
        <>
          {', wanted by '}
          <Wall at={one.wanted_by} />
        </>
      )}
    </li>
  );
}

function Worth({ gap }: { gap: Gap }) {
  if (gap.off === '0') return <li>nothing: all of it lies somewhere</li>;
  return (
    <li>
      no entry yet for {gap.off} {gap.unit}
      {gap.worth !== null ? (
        <>
          {' worth '}
          <strong>{gap.worth}</strong>
        </>
      ) : (
        ', which nobody has valued yet'
      )}
    </li>
  );
}
