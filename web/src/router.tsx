import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';

import { Loading, Trouble } from './parts/Trouble';

const root = createRootRouteWithContext<{ queries: QueryClient }>()();

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { then?: string } =>
    typeof search.then === 'string' && isOwnPath(search.then) ? { then: search.then } : {},
  component: lazyRouteComponent(() => import('./pages/login/LoginPage'), 'LoginPage'),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: lazyRouteComponent(() => import('./frame/Frame'), 'Frame'),
});

const start = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/orders', replace: true });
  },
});

const orders = createRoute({
  getParentRoute: () => frame,
  path: '/orders',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = typeof search.q === 'number' ? String(search.q) : search.q;
    return typeof q === 'string' && q !== '' ? { q } : {};
  },
  component: lazyRouteComponent(() => import('./pages/orders/OrdersPage'), 'OrdersPage'),
});

/** The rest of the address is any id: a subject's name has a slash in it. */
const subject = createRoute({
  getParentRoute: () => frame,
  path: '/subjects/$',
  validateSearch: (search: Record<string, unknown>): { as_of?: string } =>
    typeof search.as_of === 'string' ? { as_of: search.as_of } : {},
  component: lazyRouteComponent(() => import('./pages/subject/SubjectPage'), 'SubjectPage'),
});

const caseStates = ['open', 'acknowledged', 'resolved'] as const;
type CaseState = (typeof caseStates)[number];

const exceptions = createRoute({
  getParentRoute: () => frame,
  path: '/exceptions',
  validateSearch: (search: Record<string, unknown>): { state?: CaseState; id?: number } => {
    const state = caseStates.find((one) => one === search.state);
    const id = Number(search.id);
    return { ...(state ? { state } : {}), ...(id > 0 ? { id } : {}) };
  },
  component: lazyRouteComponent(
    () => import('./pages/exceptions/ExceptionsPage'),
    'ExceptionsPage',
  ),
});

const connections = createRoute({
  getParentRoute: () => frame,
  path: '/connections',
  component: lazyRouteComponent(
    () => import('./pages/connections/ConnectionsPage'),
    'ConnectionsPage',
  ),
});

/** Only a path of this page: a link must not send anybody elsewhere after signing in. */
function isOwnPath(path: string): boolean {
  return path.startsWith('/') && !path.startsWith('//') && !path.includes('\\');
}

export const boardRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: root.addChildren([
      login,
      frame.addChildren([start, orders, subject, exceptions, connections]),
    ]),
    context: { queries },
    defaultPendingComponent: () => <Loading what="the page" />,
    defaultErrorComponent: ({ error, reset }) => <Trouble error={error} retry={reset} />,
    defaultNotFoundComponent: () => (
      <section className="empty">
        <h2>There is no such page</h2>
        <p>
          Go to the <a href="/orders">orders</a>, or search for any id.
        </p>
      </section>
    ),
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof boardRouter>;
  }
}
