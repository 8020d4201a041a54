import type { Subject } from '../../api/types';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { statusLook } from '../../words/status';
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
