import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import { QUEUES, type QueueName } from './queues.ts';
import type { Redis } from './redis.ts';

/**
 * How many workers listen to each queue of a namespace, by the names that BullMQ gives its connections: an idle worker has one
 * too, since it waits in a blocking read. One that is stopped (SIGSTOP) or cut off counts until its connection breaks. Asked
 * of Redis itself, because a queue of BullMQ writes a key when it is opened. Null for a Redis that does not tell (some hosted ones).
 * @throws SurfacesError `redis_unavailable`
 */
export async function connectedWorkers(redis: Redis, namespace: string): Promise<Record<QueueName, number> | null> {
  let clients: string;
  try {
    clients = String(await redis.client('LIST'));
  } catch (error) {
    if ((error as Error).name === 'ReplyError') return null;
    throw new SurfacesError('redis_unavailable', `Redis does not answer: ${describe(error)}`, { cause: error });
  }
  const names = clients.split('\n').map((line) => /\bname=(\S*)/.exec(line)?.[1] ?? '');
  const counts = QUEUES.map((queue) => {
    const own = `${namespace}:${Buffer.from(queue).toString('base64')}`;
    return [queue, names.filter((name) => name === own || name.startsWith(`${own}:w:`)).length] as const;
  });
  return Object.fromEntries(counts) as Record<QueueName, number>;
}
