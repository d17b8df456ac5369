import { connectedWorkers } from '../queue/connected-workers.ts';
import { readProcesses } from '../queue/presence.ts';
import type { Redis } from '../queue/redis.ts';
import type { Evidence } from './evidence.ts';

export type WorkerEvidence = Pick<Evidence, 'redis' | 'workers' | 'processes'>;

/** Who listens to which queue, and which of them take no work. @throws SurfacesError `redis_unavailable` */
export async function gatherWorkers(redis: Redis, namespace: string): Promise<WorkerEvidence> {
  const [workers, { there, vanished }] = await Promise.all([
    connectedWorkers(redis, namespace),
    readProcesses(redis, namespace),
  ]);
  const processes = [
    ...there.map(
      ({ role, instance, draining }) => ({ role, instance, state: draining ? 'drained' : 'there' }) as const,
    ),
    ...vanished.map(({ role, instance }) => ({ role, instance, state: 'silent' }) as const),
  ];
  return { redis: true, workers, processes };
}
