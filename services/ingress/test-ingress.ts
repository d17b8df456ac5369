import type { UserId } from '../../shared/ids/ids.ts';
import type { LaneWake } from '../../shared/lane/lane.ts';
import { createMatrixHttp } from '../../shared/matrix/http.ts';
import type { TestPerson } from '../../shared/matrix/test-people.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { Readiness } from '../../shared/runtime/health.ts';
import { createLog } from '../../shared/runtime/log.ts';
import type { FreshDatabase } from '../../shared/store/fresh-database.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { Leadership } from './leadership.ts';
import { runSync } from './sync-loop.ts';
import type { SyncParts } from './sync-parts.ts';

export const sourceOf = (self: UserId) => `matrix/${self}`;

/** For tests: an ingress in this process, on a record of its own, whose wakes are only written down. */
export function startIngress(bot: TestPerson, database: FreshDatabase, options: { url: string } & Partial<SyncParts>) {
  const log = createLog('silent', {});
  const http = createMatrixHttp({ baseUrl: options.url, accessToken: bot.accessToken });
  const session = openDatabase(database.url, { namespace: database.namespace, max: 1 });
  const source = sourceOf(bot.userId);
  const leadership = new Leadership(session, source, log);
  const stop = new AbortController();
  const wakes: LaneWake[] = [];
  const readiness = new Readiness(['database', 'sync']);
  const running = runSync({
    http,
    sql: database.run,
    self: bot.userId,
    source,
    leadership,
    wake: async (list) => void wakes.push(...list),
    poke: async () => {},
    reconciled: async () => {},
    queueLimit: { apply: async (contents) => contents },
    limits: { messages: 20, ageMs: 24 * 3_600_000 },
    readiness,
    progress: { begun() {}, moved() {}, idle() {} },
    log,
    stopping: stop.signal,
    ...options,
  });
  let stopped: Promise<void> | undefined;
  const end = async () => {
    stop.abort();
    await leadership.close();
    await running.catch(() => {});
    await http.close();
  };
  return {
    wakes,
    readiness,
    running,
    /** May be called again. */
    stop: () => (stopped ??= end()),
  };
}

type ItemRow = { key: string; lane_id: string; seq: number; queue: string; body: WorkItem };

/** All items of the record in their order over all lanes. */
export function itemsOf(database: FreshDatabase): Promise<ItemRow[]> {
  const text = 'SELECT key, lane_id, seq, queue, body FROM lane_item ORDER BY position';
  return database.run<ItemRow>({ name: 'test_items', text });
}

export async function textsOf(database: FreshDatabase, lane: string): Promise<string[]> {
  const items = (await itemsOf(database)).filter((item) => item.lane_id === lane);
  return items
    .toSorted((one, other) => one.seq - other.seq)
    .map(({ body }) => ('text' in body ? body.text : body.type));
}

export function rejectsOf(database: FreshDatabase): Promise<{ key: string; reason: string }[]> {
  return database.run({ name: 'test_rejects', text: 'SELECT key, reason FROM lane_reject' });
}
