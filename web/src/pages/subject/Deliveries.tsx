import type { Delivery } from '../../api/types';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { deliveryLook, isOver } from '../../words/status';
import { messageWords } from '../../words/value';

const LATEST = 8;

/** Commands about this subject: those not finished first, then the latest that are done. */
export function Deliveries({ deliveries }: { deliveries: Delivery[] }) {
  const open = deliveries.filter((one) => !isOver(one));
  const done = deliveries.filter(isOver).sort((a, b) => Date.parse(b.since) - Date.parse(a.since));
  const [latest, earlier] = [done.slice(0, LATEST), done.slice(LATEST)];
  return (
    <section aria-labelledby="deliveries">
      <div className="section-head">
        <h2 id="deliveries">Commands</h2>
      </div>
      <div className="card side-list">
        {deliveries.length === 0 && <p className="dim">Nothing was asked of any system.</p>}
        {[...open, ...latest].map((one) => (
          <Row key={one.key} one={one} />
        ))}
        {earlier.length > 0 && (
          <details className="side-more">
            <summary>{earlier.length} earlier ones, all done</summary>
            {earlier.map((one) => (
              <Row key={one.key} one={one} />
            ))}
          </details>
        )}
      </div>
    </section>
  );
}

function Row({ one }: { one: Delivery }) {
  return (
    <div className="side-row">
      <div className="side-top">
        <strong>{messageWords(one.type)}</strong>
        <Mark look={deliveryLook(one)} />
      </div>
      <small className="dim">
        {one.connection && `to ${one.connection}, `}
        <Age at={one.since} />
        {one.attempts !== null && one.attempts > 1 && `, ${one.attempts} attempts`}
        {one.reference && `, as ${one.reference}`}
        {one.due_at && (
          <>
            , looks again <Age at={one.due_at} />
          </>
        )}
      </small>
      {one.last_error && <p className="said">{one.last_error}</p>}
    </div>
  );
}
