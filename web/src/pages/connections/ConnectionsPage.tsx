import './connections.css';

import { useQuery } from '@tanstack/react-query';

import { connections } from '../../api/queries';
import { Behind, Empty, Loading, Trouble } from '../../parts/Trouble';
import { troubledFirst } from '../../words/connections';
import { ConnectionCard } from './ConnectionCard';

/** Every connection with its health and what waits for it; those in trouble first. */
export function ConnectionsPage() {
  const { data, error, isPending, refetch, dataUpdatedAt } = useQuery(connections);
  if (isPending) return <Loading what="connections" />;
  if (!data) return <Trouble error={error} retry={() => void refetch()} />;
  return (
    <>
      <h1 className="page-title">Connections</h1>
      {error && <Behind error={error} at={dataUpdatedAt} />}
      {data.items.length === 0 && (
        <Empty title="The plant has no connections">
          They are written in the project, in Python; `andon check` says what is missing.
        </Empty>
      )}
      <div className="connections">
        {troubledFirst(data.items).map((one) => (
          <ConnectionCard key={one.name} one={one} />
        ))}
      </div>
    </>
  );
}
