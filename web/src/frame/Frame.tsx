import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouter } from '@tanstack/react-router';

import { DELETE, done } from '../api/client';
import { useFeed } from '../api/feed';
import { me, overview } from '../api/queries';
import { Icon, type Glyph } from '../parts/Icon';
import { Lamp } from '../parts/Lamp';
import { Away } from './Away';
import { LiveMark } from './LiveMark';
import { notRunning } from '../words/orders';
import { SchemeSwitch } from './SchemeSwitch';
import { SearchBox } from './SearchBox';

/** What surrounds every page: where to go, any id, whether the figures are alive, who is signed in. */
export function Frame() {
  useFeed(useQueryClient());
  return (
    <>
      <a className="skip" href="#page">
        To the page
      </a>
      <header className="frame">
        <Link to="/orders" className="brand" aria-label="Andon, orders">
          <Lamp />
          <span>Andon</span>
        </Link>
        <Pages />
        <SearchBox />
        <div className="frame-end">
          <LiveMark />
          <SchemeSwitch />
          <SignOut />
        </div>
      </header>
      <main id="page" tabIndex={-1}>
        <Away />
        <Outlet />
      </main>
    </>
  );
}

function Pages() {
  const { data } = useQuery(overview);
  const away = data ? notRunning(data.connections) : 0;
  return (
    <nav className="pages" aria-label="Pages">
      <PageLink to="/orders" glyph="list" name="Orders" />
      <PageLink
        to="/exceptions"
        glyph="alert"
        name="Exceptions"
        count={data?.exceptions_open ?? 0}
        says="open"
      />
      <PageLink to="/connections" glyph="plug" name="Connections" count={away} says="not running" />
    </nav>
  );
}

function PageLink(props: {
  to: '/orders' | '/exceptions' | '/connections';
  glyph: Glyph;
  name: string;
  count?: number;
  says?: string;
}) {
  const { to, glyph, name, count = 0, says } = props;
  return (
    <Link to={to} className="page-link" activeProps={{ 'aria-current': 'page' }}>
      <Icon glyph={glyph} />
      <span>{name}</span>
      {count > 0 && (
        <span className="count" aria-label={`${count} ${says ?? ''}`}>
          {count}
        </span>
      )}
    </Link>
  );
}

function SignOut() {
  const { data } = useQuery(me);
  const queries = useQueryClient();
  const router = useRouter();

  async function leave() {
    await done(DELETE('/v1/session')).catch(() => undefined);
    queries.clear();
    await router.navigate({ to: '/login' });
  }

  return (
    <button className="quiet-button" onClick={() => void leave()} aria-label="Sign out">
      <Icon glyph="out" size={20} />
      <span className="wide-only">{data?.name ?? 'Sign out'}</span>
    </button>
  );
}
