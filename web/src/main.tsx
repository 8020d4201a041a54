import '@mantine/core/styles.css';
import './board.css';

import { MantineProvider } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Problem } from './api/problem';
import { boardRouter } from './router';
import { theme } from './theme';

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof Problem && error.status === 401) leaveForLogin();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2000,
      retry: (times, error) => times < 2 && !(error instanceof Problem && isFinal(error.status)),
      refetchOnWindowFocus: true,
    },
  },
});
const router = boardRouter(queries);

function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** The session ended: sign in, then come back to the same place. */
function leaveForLogin(): void {
  const { pathname, href } = router.state.location;
  if (pathname === '/login') return;
  void router.navigate({ to: '/login', search: { then: href } });
}

const place = document.getElementById('root');
if (place === null) throw new Error('The page has no #root to draw into.');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <RouterProvider router={router} />
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
);
