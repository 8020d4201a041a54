import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

/** Whether what is on screen follows the plant, and since when that is so. */
export interface Liveness {
  live: boolean;
  since: number;
}

let state: Liveness = { live: false, since: Date.now() };
const watchers = new Set<() => void>();

function become(live: boolean): void {
  if (state.live === live) return;
  state = { live, since: Date.now() };
  watchers.forEach((tell) => {
    tell();
  });
}

export function useLiveness(): Liveness {
  return useSyncExternalStore(
    (tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
    () => state,
  );
}

/** Follows GET /v1/feed as long as the frame is on screen; a change makes the queries it concerns ask again. */
export function useFeed(queries: QueryClient): void {
  useEffect(() => {
    const feed = follow(queries);
    return () => {
      feed.stop();
      become(false);
    };
  }, [queries]);
}

function follow(queries: QueryClient): { stop: () => void } {
  let source: EventSource | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;

  const changes = gather(queries);
  const open = () => {
    source = new EventSource('/v1/feed');
    source.onopen = () => {
      wait = 1000;
      // What happened while nobody listened is asked for, whatever the server resumes.
      if (!state.live) void queries.invalidateQueries();
      become(true);
    };
    source.onerror = () => {
      become(false);
      // The browser tries again after a broken line, but not after a refusal.
      if (source?.readyState !== EventSource.CLOSED) return;
      again = setTimeout(open, wait);
      wait = Math.min(wait * 2, 30_000);
    };
    source.addEventListener('changed', (event: MessageEvent<string>) => {
      changes.add(['subjects', 'overview'], namesIn(event.data));
    });
    source.addEventListener('exceptions', () => {
      changes.add(['exceptions', 'subjects', 'overview'], 'all');
    });
    source.addEventListener('connections', () => {
      changes.add(['connections', 'overview'], []);
    });
  };
  open();
  return {
    stop: () => {
      clearTimeout(again);
      changes.stop();
      source?.close();
    },
  };
}

type Names = readonly string[] | 'all';

/** A busy plant changes four times a second; the page asks again at most once. */
function gather(queries: QueryClient) {
  const keys = new Set<string>();
  const names = new Set<string>();
  let all = false;
  let due: ReturnType<typeof setTimeout> | undefined;

  function flush() {
    due = undefined;
    for (const key of keys) void queries.invalidateQueries({ queryKey: [key] });
    void queries.invalidateQueries({
      queryKey: ['subject'],
      predicate: ({ state: { data } }) => all || data === undefined || names.has(nameOf(data)),
    });
    keys.clear();
    names.clear();
    all = false;
  }
  return {
    add(more: readonly string[], about: Names) {
      for (const key of more) keys.add(key);
      if (about === 'all') all = true;
      else for (const name of about) names.add(name);
      due ??= setTimeout(flush, 1000);
    },
    stop() {
      clearTimeout(due);
    },
  };
}

function nameOf(data: unknown): string {
  return (data as { name?: string }).name ?? '';
}

/** The subjects a change is about; null or anything unreadable means all. */
export function namesIn(data: string): Names {
  try {
    const { subjects } = JSON.parse(data) as { subjects?: unknown };
    return Array.isArray(subjects) ? subjects.map(String) : 'all';
  } catch {
    return 'all';
  }
}
