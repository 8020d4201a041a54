import type { SyncLag } from '../../api/types';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { serverNow } from '../../words/clock';
import { lagLook } from '../../words/status';
import { duration } from '../../words/time';
import { attributeWords } from '../../words/value';

/** From the owner's change to each follower's agreement. */
export function Sync({ lags }: { lags: SyncLag[] }) {
  if (lags.length === 0) return null;
  return (
    <section aria-labelledby="sync">
      <div className="section-head">
        <h2 id="sync">Time to agree</h2>
      </div>
      <div className="card side-list">
        {lags.map((lag) => (
          <div key={`${lag.attribute} ${lag.follower}`} className="side-row">
            <div className="side-top">
              <strong>
                {attributeWords(lag.attribute)} in {lag.follower}
              </strong>
              <Mark look={lagLook(lag, serverNow())} />
            </div>
            <small className="dim">
              changed <Age at={lag.changed_at} />
              {lag.within_s !== null && `, has ${duration(lag.within_s * 1000)} to agree`}
            </small>
          </div>
        ))}
      </div>
    </section>
  );
}
