import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';

import { body, POST } from '../api/client';
import { asProblem, nextStep } from '../api/problem';
import type { Case } from '../api/types';
import { Icon } from './Icon';
import { TwoSteps } from './TwoSteps';

type Act =
  { do: 'acknowledge' } | { do: 'answer'; answer: string } | { do: 'resolve'; note: string };

function send(id: number, act: Act): Promise<Case> {
  const params = { path: { exception_id: id } };
  switch (act.do) {
    case 'acknowledge':
      return body(POST('/v1/exceptions/{exception_id}/acknowledge', { params, body: {} }));
    case 'answer':
      return body(
        POST('/v1/exceptions/{exception_id}/answer', { params, body: { answer: act.answer } }),
      );
    case 'resolve':
      return body(
        POST('/v1/exceptions/{exception_id}/resolve', { params, body: { note: act.note } }),
      );
  }
}

/** What a person can do with a case: answer its question, take it, or close it with a note. */
export function CaseActions({ one }: { one: Case }) {
  const queries = useQueryClient();
  const acting = useMutation({
    mutationFn: (act: Act) => send(one.id, act),
    onSettled: () =>
      Promise.all(
        ['exceptions', 'subject', 'overview'].map((key) =>
          queries.invalidateQueries({ queryKey: [key] }),
        ),
      ),
  });
  if (one.state === 'resolved') return null;
  const asks = one.choices.length > 0 && one.answer === null;

  return (
    <div className="case-actions">
      {asks &&
        one.choices.map((choice) => (
          <TwoSteps
            key={choice}
            label={choice}
            variant="filled"
            question={`Answer “${choice}”? Andon acts on it at once.`}
            yes="Yes, answer"
            busy={acting.isPending}
            onYes={() => {
              acting.mutate({ do: 'answer', answer: choice });
            }}
          />
        ))}
      {one.state === 'open' && (
        <Button
          variant="default"
          loading={acting.isPending}
          onClick={() => {
            acting.mutate({ do: 'acknowledge' });
          }}
        >
          I look at it
        </Button>
      )}
      {!asks && (
        <Resolve
          busy={acting.isPending}
          onResolve={(note) => {
            acting.mutate({ do: 'resolve', note });
          }}
        />
      )}
      {acting.isError && <Refused error={acting.error} />}
    </div>
  );
}

function Resolve({ busy, onResolve }: { busy: boolean; onResolve: (note: string) => void }) {
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  if (!open) {
    return (
      <Button
        variant="default"
        onClick={() => {
          setOpen(true);
        }}
      >
        Resolve with a note
      </Button>
    );
  }
  function submit(event: SyntheticEvent) {
    event.preventDefault();
    onResolve(note.trim());
  }
  return (
    <form className="resolve" onSubmit={submit}>
      <Textarea
        label="What was found and done"
        description="Kept with the case for whoever reads it next."
        autosize
        minRows={2}
        autoFocus
        required
        withAsterisk={false}
        value={note}
        onChange={(event) => {
          setNote(event.currentTarget.value);
        }}
      />
      <Button type="submit" loading={busy} disabled={note.trim() === ''}>
        Resolve
      </Button>
    </form>
  );
}

/** A refused act, in three parts, beside the buttons it belongs to. */
export function Refused({ error }: { error: unknown }) {
  const problem = asProblem(error);
  return (
    <p className="refused" role="alert">
      <Icon glyph="alert" /> <strong>{problem.message}.</strong> {problem.detail}{' '}
      {nextStep(problem)}
    </p>
  );
}
