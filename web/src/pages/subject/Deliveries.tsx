import type { Delivery } from '../../api/types';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { deliveryLook } from '../../words/status';
import { messageWords } from '../../words/value';

/** Commands about this subject: those not finished first, then their outcomes. */
export function Deliveries({ deliveries }: { deliveries: Delivery[] }) {
  return (
    <section aria-labelledby="deliveries">
      <div className="section-head">
        <h2 id="deliveries">Commands</h2>
      </div>
      <div className="card side-list">
        {deliveries.length === 0 && <p className="dim">Nothing was asked of any system.</p>}
        {deliveries.map((one) => (
          <div key={one.key} className="side-row">
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
        ))}
      </div>
    </section>
  );
}
