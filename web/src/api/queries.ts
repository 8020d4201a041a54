import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { serverSays } from '../words/clock';
import { body, GET } from './client';

/** Every query of the board; the first word of a key is what the feed invalidates. */

export const me = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => body(GET('/v1/me', { signal })),
  staleTime: 300_000,
});

export const overview = queryOptions({
  queryKey: ['overview'],
  queryFn: async ({ signal }) => {
    const said = await body(GET('/v1/overview', { signal }));
    serverSays(said.generated_at);
    return said;
  },
  // Also the pulse of the page: an open feed alone does not prove that anybody is there.
  refetchInterval: 15_000,
});

export const orders = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['subjects', q],
    queryFn: ({ pageParam, signal }) =>
      body(
        GET('/v1/subjects', {
          params: {
            query: {
              kind: 'production-order',
              limit: 50,
              ...(q ? { q } : {}),
              ...(pageParam === null ? {} : { before: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
    placeholderData: keepPreviousData,
  });

export const subject = (id: string, asOf?: string) =>
  queryOptions({
    queryKey: ['subject', id, asOf ?? null],
    queryFn: ({ signal }) =>
      body(
        GET('/v1/subjects/{name}', {
          params: { path: { name: id }, query: asOf ? { as_of: asOf } : {} },
          signal,
        }),
      ),
    // Going back in time keeps the page standing; another subject starts from nothing.
    placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined),
  });

export type CaseState = 'open' | 'acknowledged' | 'resolved';

export const cases = (state: CaseState) =>
  infiniteQueryOptions({
    queryKey: ['exceptions', state],
    queryFn: ({ pageParam, signal }) =>
      body(
        GET('/v1/exceptions', {
          params: {
            query: { state, limit: 100, ...(pageParam === null ? {} : { before: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
  });

export const oneCase = (id: number) =>
  queryOptions({
    queryKey: ['exceptions', 'one', id],
    queryFn: ({ signal }) =>
      body(
        GET('/v1/exceptions/{exception_id}', { params: { path: { exception_id: id } }, signal }),
      ),
  });

export const connections = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => body(GET('/v1/connections', { signal })),
});
