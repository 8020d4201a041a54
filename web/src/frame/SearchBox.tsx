import { useHotkeys } from '@mantine/hooks';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { type SyntheticEvent, useRef, useState } from 'react';

import { Icon } from '../parts/Icon';

/** Any id: Enter opens what carries it; on the orders page typing narrows the list as well. */
export function SearchBox() {
  const navigate = useNavigate();
  const onOrders = useLocation({ select: (place) => place.pathname === '/orders' });
  const asked = useLocation({
    select: (place) => ('q' in place.search ? (place.search.q ?? '') : ''),
  });
  const [typed, setTyped] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  const narrowing = useRef<ReturnType<typeof setTimeout>>(undefined);

  useHotkeys([['/', () => field.current?.focus()]]);

  function type(text: string) {
    setTyped(text);
    clearTimeout(narrowing.current);
    if (!onOrders) return;
    narrowing.current = setTimeout(() => {
      const q = text.trim();
      void navigate({ to: '/orders', search: q ? { q } : {}, replace: true });
    }, 200);
  }

  function open(event: SyntheticEvent) {
    event.preventDefault();
    const id = typed.trim();
    if (!id) return;
    clearTimeout(narrowing.current);
    setTyped('');
    field.current?.blur();
    void navigate({ to: '/subjects/$', params: { _splat: id } });
  }

  return (
    <form className="search" role="search" onSubmit={open}>
      <Icon glyph="search" size={18} />
      <input
        ref={field}
        type="search"
        aria-label="Find any id: order, MES code or lot. Enter opens it."
        placeholder="Any id: order, MES code, lot"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          type(event.currentTarget.value);
        }}
      />
      <kbd aria-hidden="true">{typed ? 'Enter' : '/'}</kbd>
    </form>
  );
}
