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

  const ask = (...keys: string[]) => {
    for (const key of keys) void queries.invalidateQueries({ queryKey: [key] });
  };
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
    source.addEventListener('changed', () => {
      ask('subjects', 'subject', 'overview');
    });
    source.addEventListener('exceptions', () => {
      ask('exceptions', 'overview', 'subject');
    });
    source.addEventListener('connections', () => {
      ask('connections', 'overview');
    });
  };
  open();
  return {
    stop: () => {
      clearTimeout(again);
      source?.close();
    },
  };
}
