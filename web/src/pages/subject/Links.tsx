import type { Subject } from '../../api/types';
import { SubjectLink } from '../../parts/CaseText';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { onHold } from '../../words/status';
import { relationWords } from '../../words/value';

/** Genealogy: what it makes and consumes, what it is part of. */
export function Links({ links }: { links: Subject['links'] }) {
  if (links.length === 0) return null;
  return (
    <section aria-labelledby="links">
      <div className="section-head">
        <h2 id="links">Linked with</h2>
      </div>
      <div className="card side-list">
        {links.map((link) => (
          <div key={`${link.direction} ${link.relation} ${link.object}`} className="side-row">
            <div className="side-top">
              <span>
                <span className="dim">{relationWords(link.relation, link.direction)}</span>{' '}
                <SubjectLink name={link.object} />
              </span>
              {link.held && <Mark look={onHold} />}
              <small className="dim">
                <Age at={link.since} />
              </small>
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
