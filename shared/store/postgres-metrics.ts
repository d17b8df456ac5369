import { counter, gauge } from '../runtime/metrics.ts';

type Pool = { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };

const pools = new Set<Pool>();

export const statements = counter('database_statements_total', 'statements by outcome', ['outcome']);

gauge('database_connections', 'connections to Postgres', ['state'], (connections) => {
  connections.set(
    { state: 'in_use' },
    sum(({ totalCount, idleCount }) => totalCount - idleCount),
  );
  connections.set(
    { state: 'idle' },
    sum(({ idleCount }) => idleCount),
  );
});
gauge('database_waiting', 'statements that wait for a connection', [], (waiting) => {
  waiting.set(sum(({ waitingCount }) => waitingCount));
});

/** A pool of this process counts until the returned function is called. */
export function watchPool(pool: Pool): () => void {
  pools.add(pool);
  return () => void pools.delete(pool);
}

function sum(of: (pool: Pool) => number): number {
  return [...pools].reduce((all, pool) => all + of(pool), 0);
}
