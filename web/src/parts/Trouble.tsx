import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import { asProblem, nextStep, type Problem } from '../api/problem';
import { Icon } from './Icon';

/** A problem in three parts, and the way on. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = asProblem(error);
  return (
    <section className="trouble" role="alert">
      <Icon glyph="alert" size={30} />
      <div>
        <h2>{problem.message}</h2>
        {problem.detail && <p>{problem.detail}</p>}
        <Faults problem={problem} />
        <p className="next">{nextStep(problem)}</p>
        <Choices problem={problem} />
        {problem.status === 401 ? (
          <Button component={Link} to="/login">
            Sign in
          </Button>
        ) : (
          retry && problem.choices.length === 0 && <Button onClick={retry}>Try again</Button>
        )}
      </div>
    </section>
  );
}

function Faults({ problem }: { problem: Problem }) {
  if (problem.errors.length === 0) return null;
  return (
    <ul>
      {problem.errors.map((one) => (
        <li key={one.at + one.says}>
          <code>{one.at || '/'}</code> {one.says}
        </li>
      ))}
    </ul>
  );
}

function Choices({ problem }: { problem: Problem }) {
  return problem.choices.map((name) => (
    <p key={name}>
      <Link className="choice" to="/subjects/$" params={{ _splat: name }}>
        <Icon glyph="arrow" /> {name}
      </Link>
    </p>
  ));
}

/** Old figures stay on screen, but say so; when nothing answers at all, the frame does. */
export function Behind({ error, at }: { error: unknown; at: number }) {
  const problem = asProblem(error);
  if (problem.status === 0) return null;
  return (
    <p className="behind" role="status">
      <Icon glyph="alert" /> {problem.message}. What you see is from{' '}
      {new Date(at).toLocaleTimeString('en-GB')}; the page keeps trying.
    </p>
  );
}

/** Nothing to show, and why that is all right or what would change it. */
export function Empty({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
    </section>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p className="loading" role="status">
      Reading {what} …
    </p>
  );
}
