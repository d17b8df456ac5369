import type { UserId } from '../../../shared/ids/ids.ts';
import { connectedWorkers } from '../../../shared/queue/connected-workers.ts';
import type { Redis } from '../../../shared/queue/redis.ts';
import type { Connection } from '../../../shared/store/postgres.ts';
import { keepIngressOut, roleSessions } from '../../../shared/store/running-roles.ts';
import { Refused } from './refused.ts';

/**
 * That no process of the stack works on given servers from somewhere else (another machine, containers). Three looks, since
 * none alone is sound:
 * - the ingress holds a lock that names account and schema. It is taken here and kept until the end, so that none begins either;
 * - workers have a connection to Redis that bears our prefix and their queue, also while they are idle;
 * - all others by the names of their sessions in the database. These tell no schema, so that a second stack in the same database
 *   is taken for this one: better refused than emptied under somebody's feet. A reconcile-worker or ops of an instance with a name
 *   of its own is not seen; both only look, and sweep what is not there.
 * @throws Refused
 */
export async function checkNobodyElse(
  parts: { readonly connection?: Connection; readonly redis?: Redis; readonly self?: UserId },
  namespace: string,
): Promise<void> {
  const { connection, redis, self } = parts;
  const running: string[] = [];
  if (connection && self && !(await keepIngressOut(connection, self))) running.push(`an ingress of ${self}`);
  if (redis) {
    const workers = Object.entries((await connectedWorkers(redis, namespace)) ?? {}).filter(([, count]) => count > 0);
    running.push(...workers.map(([queue, count]) => `${count} of the workers of the queue ${queue}`));
  }
  if (connection)
    for (const { name, address } of await roleSessions(connection))
      running.push(`“${name}”${address === null ? '' : ` from ${address}`} (a session of the database)`);
  if (running.length > 0)
    throw new Refused(
      `other processes of the stack are running: ${[...new Set(running)].join(', ')}. Stop them first.`,
    );
}
