import './exceptions.css';

import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';

import { cases, type CaseState } from '../../api/queries';
import type { Case } from '../../api/types';
import { Mark } from '../../parts/Mark';
import { Age } from '../../parts/Moment';
import { Behind, Empty, Loading, Trouble } from '../../parts/Trouble';
import { ranked, threeParts, whoActs } from '../../words/cases';
import { nameParts } from '../../words/value';
import { CasePanel } from './CasePanel';

const states: { value: CaseState; label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'acknowledged', label: 'Being looked at' },
  { value: 'resolved', label: 'Resolved' },
];

/** One ranked queue of cases; the chosen one beside it, or instead of it on a narrow screen. */
export function ExceptionsPage() {
  const { state = 'open', id } = useSearch({ from: '/frame/exceptions' });
  const navigate = useNavigate();
  const list = useInfiniteQuery(cases(state));
  const found = list.data?.pages.flatMap((page) => page.items) ?? [];
  const rows = state === 'resolved' ? found : ranked(found);
  const shown = id ?? rows[0]?.id;

  return (
    <div className="exceptions" data-chosen={id !== undefined}>
      <div className="queue">
        <div className="queue-head">
          <h1>Exceptions</h1>
          <SegmentedControl
            aria-label="Which cases"
            data={states}
            value={state}
            onChange={(value) => {
              void navigate({ to: '/exceptions', search: { state: value } });
            }}
          />
        </div>
        {list.isPending && <Loading what="the queue" />}
        {list.isError && !list.data && (
          <Trouble error={list.error} retry={() => void list.refetch()} />
        )}
        {list.isError && list.data && <Behind error={list.error} at={list.dataUpdatedAt} />}
        {list.isSuccess && rows.length === 0 && <NoCases state={state} />}
        <ol>
          {rows.map((one) => (
            <QueueRow key={one.id} one={one} state={state} chosen={one.id === shown} />
          ))}
        </ol>
        {list.hasNextPage && (
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Older cases
          </Button>
        )}
      </div>
      {shown !== undefined && <CasePanel key={shown} id={shown} state={state} />}
    </div>
  );
}

function QueueRow({ one, state, chosen }: { one: Case; state: CaseState; chosen: boolean }) {
  const acts = whoActs(one.class);
  return (
    <li>
      <Link
        to="/exceptions"
        search={{ state, id: one.id }}
        className="queue-row card"
        data-tone={acts.tone}
        aria-current={chosen ? 'true' : undefined}
      >
        <span className="queue-facts">
          <Mark look={acts} strong />
          {one.choices.length > 0 && one.answer === null && (
            <Mark look={{ tone: 'busy', icon: 'question', word: 'asks you' }} strong />
          )}
          <span className="dim queue-age">
            {one.times > 1 && `${one.times} times, `}
            <Age at={one.opened_at} />
          </span>
        </span>
        <strong>{threeParts(one.text).cannot}</strong>
        <span className="dim">
          {[
            subjectWord(one.subject),
            one.connection && `from ${one.connection}`,
            `team ${one.team}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </Link>
    </li>
  );
}

function subjectWord(name: string | null): string | null {
  const parts = name === null ? null : nameParts(name);
  return parts ? `${parts.kind.replaceAll('-', ' ')} ${parts.local}` : name;
}

function NoCases({ state }: { state: CaseState }) {
  switch (state) {
    case 'open':
      return (
        <Empty title="Nothing waits for anybody">
          A case appears here when Andon cannot go on alone. Nothing to do.
        </Empty>
      );
    case 'acknowledged':
      return <Empty title="Nobody looks at a case just now">Open cases are under “Open”.</Empty>;
    case 'resolved':
      return (
        <Empty title="No case has been resolved yet">They are kept here with their notes.</Empty>
      );
  }
}
