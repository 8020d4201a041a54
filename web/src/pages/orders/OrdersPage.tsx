import './orders.css';

import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';

import { orders } from '../../api/queries';
import { Behind, Empty, Loading, Trouble } from '../../parts/Trouble';
import { Figures } from './Figures';
import { OrderTable } from './OrderTable';
import { useNearEnd } from './useNearEnd';

/** Every production order, and what each system says about it. */
export function OrdersPage() {
  const { q = '' } = useSearch({ from: '/frame/orders' });
  const list = useInfiniteQuery(orders(q));
  const end = useNearEnd(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <>
      <h1 className="sr-only">Orders</h1>
      <Figures />
      {list.isError && list.data && <Behind error={list.error} at={list.dataUpdatedAt} />}
      {list.isPending && <Loading what="orders" />}
      {list.isError && !list.data && (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      )}
      {list.isSuccess && rows.length === 0 && <NoOrders q={q} />}
      {rows.length > 0 && <OrderTable rows={rows} />}
      <div ref={end} className="list-end">
        {list.hasNextPage ? (
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Older orders
          </Button>
        ) : (
          rows.length > 0 && (
            <span className="dim">
              That is all: {rows.length === 1 ? '1 order' : `${rows.length} orders`}.
            </span>
          )
        )}
      </div>
    </>
  );
}

function NoOrders({ q }: { q: string }) {
  if (q === '') {
    return (
      <Empty title="No production order has been seen yet">
        One appears here as soon as a system says it is released. Nothing for long? Look whether its{' '}
        <Link to="/connections">connection</Link> is running.
      </Empty>
    );
  }
  return (
    <Empty title={`No order begins with “${q}”`}>
      Press Enter to look for it among all ids, or{' '}
      <Link to="/orders" search={{}}>
        show all orders
      </Link>
      .
    </Empty>
  );
}
