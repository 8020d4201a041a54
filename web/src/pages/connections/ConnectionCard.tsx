import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { body, POST } from '../../api/client';
import type { Connection } from '../../api/types';
import { Refused } from '../../parts/CaseActions';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { TwoSteps } from '../../parts/TwoSteps';
import { figures, isCalled, takes } from '../../words/connections';
import { healthLook } from '../../words/status';
import { duration } from '../../words/time';

export function ConnectionCard({ one }: { one: Connection }) {
  const look = healthLook(one.state);
  const waits = figures(one).some(({ n }) => n > 0);
  return (
    <section className="connection card" data-tone={look.tone} aria-label={one.name}>
      <div className="connection-head">
        <div>
          <h2>{one.name}</h2>
          <p className="dim">
            {one.kind} · {one.site} · {one.faces.join(', ')}
          </p>
        </div>
        <div className="connection-state">
          <Mark look={look} strong />
          <p className="dim">
            for <Age at={one.since} ago={false} />
          </p>
        </div>
      </div>
      {one.reason && <p className="reason">{one.reason}</p>}
      {!waits && takes(one.faces) && <p className="dim">nothing waits</p>}
      <dl className="backlog" hidden={!waits}>
        {figures(one).map(({ word, n, tone }) => (
          <div key={word} data-tone={tone} data-zero={n === 0}>
            <dd>{n}</dd>
            <dt>{word}</dt>
          </div>
        ))}
        <div data-tone="quiet" data-zero={one.backlog.oldest_s === null} hidden={!takes(one.faces)}>
          <dd>{one.backlog.oldest_s === null ? '–' : duration(one.backlog.oldest_s * 1000)}</dd>
          <dt>oldest waits</dt>
        </div>
      </dl>
      <p className="dim">
        {one.last_ok_at ? (
          <>
            {isCalled(one.faces) ? 'last answered' : 'last called'} <Age at={one.last_ok_at} />
          </>
        ) : (
          `has not ${isCalled(one.faces) ? 'answered' : 'called'} yet`
        )}
      </p>
      {one.source_position && (
        <details className="dim position">
          <summary>where it reads on</summary>
          <code>{one.source_position}</code>
        </details>
      )}
      {one.last_error && <p className="said">{one.last_error}</p>}
      <PauseOrResume one={one} />
    </section>
  );
}

function PauseOrResume({ one }: { one: Connection }) {
  const queries = useQueryClient();
  const params = { path: { name: one.name } };
  const acting = useMutation({
    mutationFn: (act: 'pause' | 'resume') =>
      act === 'pause'
        ? body(POST('/v1/connections/{name}/pause', { params }))
        : body(POST('/v1/connections/{name}/resume', { params })),
    onSettled: () =>
      Promise.all(
        ['connections', 'overview'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      ),
  });
  const held = one.wanted === 'paused' || one.state === 'paused';
  return (
    <div className="connection-acts">
      {held ? (
        <Button
          loading={acting.isPending}
          onClick={() => {
            acting.mutate('resume');
          }}
        >
          Resume {one.name}
        </Button>
      ) : (
        <TwoSteps
          label={`Pause ${one.name}`}
          question={`Nothing is sent to or read from ${one.name} until it is resumed. Pause?`}
          yes="Yes, pause"
          busy={acting.isPending}
          onYes={() => {
            acting.mutate('pause');
          }}
        />
      )}
      {acting.isError && <Refused error={acting.error} />}
    </div>
  );
}
