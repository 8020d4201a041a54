import type { Subject } from '../../api/types';
import { SubjectLink } from '../../parts/CaseText';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { onHold, statusLook } from '../../words/status';
import { asText, words } from '../../words/value';

/** The subject's names, and the status its owner holds, large. */
export function Header({ subject }: { subject: Subject }) {
  const status = subject.matrix.find((row) => row.attribute === 'status');
  const owned = status?.cells.find((cell) => cell.stands === 'owner');
  return (
    <header className="subject-head">
      <div>
        <p className="dim">
          {words(subject.kind)} of {subject.issuer} · site {subject.site} · first seen{' '}
          <Age at={subject.first_at} />
        </p>
        <h1>{subject.local}</h1>
        <Holds subject={subject} />
        <p className="aliases">
          {subject.aliases.map((alias) => (
            <span key={`${alias.system} ${alias.local}`}>
              <span className="dim">{alias.system}</span> {alias.local}
            </span>
          ))}
        </p>
      </div>
      {owned && (
        <div className="subject-status">
          <Mark look={statusLook(asText(owned.value))} strong />
          <p className="dim">
            says {owned.system}, the owner, for <Age at={owned.since} ago={false} />
          </p>
        </div>
      )}
    </header>
  );
}

/** On hold itself, or through a lot it makes or takes. */
function Holds({ subject }: { subject: Subject }) {
  const own = subject.matrix
    .find((row) => row.attribute === 'hold')
    ?.cells.filter((cell) => cell.value === true);
  const lots = subject.links.filter((link) => link.held && link.direction === 'out');
  return (
    <>
      {own !== undefined && own.length > 0 && (
        <p className="holds">
          <Mark look={onHold} strong />{' '}
          <span className="dim">says {own.map((cell) => cell.system).join(', ')}</span>
        </p>
      )}
      {lots.map((lot) => (
        <p className="holds" key={`${lot.relation} ${lot.object}`}>
          <Mark look={onHold} strong /> <SubjectLink name={lot.object} />
        </p>
      ))}
    </>
  );
}
