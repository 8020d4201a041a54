import './case.css';

import { Link } from '@tanstack/react-router';

import type { Case } from '../api/types';
import { threeParts, whoActs } from '../words/cases';
import { nameParts } from '../words/value';
import { Mark } from './Mark';
import { Age } from './Moment';

/** A case in three parts: what cannot be done, what is known, what to do next. */
export function CaseText({ one, heading: Heading }: { one: Case; heading: 'h2' | 'h3' }) {
  const { cannot, known, next } = threeParts(one.text);
  return (
    <div className="case-text">
      <Heading>{cannot}</Heading>
      {known && <p>{known}</p>}
      {next && <p className="next">{next}</p>}
    </div>
  );
}

/** Who acts next, where it comes from, how old and how often. */
export function CaseFacts({ one }: { one: Case }) {
  const acts = whoActs(one.class);
  return (
    <p className="case-facts">
      <Mark look={{ ...acts, word: acts.next }} strong />
      <span>team {one.team}</span>
      {one.connection && <span>from {one.connection}</span>}
      <span>
        <Age at={one.opened_at} />
      </span>
      {one.times > 1 && <span>{one.times} times</span>}
    </p>
  );
}

export function SubjectLink({ name }: { name: string }) {
  const parts = nameParts(name);
  return (
    <Link to="/subjects/$" params={{ _splat: name }}>
      {parts ? `${parts.kind.replaceAll('-', ' ')} ${parts.local}` : name}
      {parts && <span className="dim"> ({parts.issuer})</span>}
    </Link>
  );
}
