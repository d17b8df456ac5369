import { randomUUID } from 'node:crypto';
import type { UserId } from '../ids/ids.ts';
import type { LaneItem, Send } from '../lane/lane.ts';
import { LeaseKeeper } from '../lane/lease.ts';
import { nudge } from '../lane/nudge.ts';
import { type RunContext, runLane } from '../lane/run-lane.ts';
import { botAccount, warnOfDevice } from '../matrix/bot-account.ts';
import { createBudget } from '../matrix/budget.ts';
import { createMatrixHttp, type MatrixHttp } from '../matrix/http.ts';
import { Sender } from '../matrix/sends.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import { openControl } from '../queue/control.ts';
import { obeyDrain } from '../queue/drain.ts';
import { tellPresence } from '../queue/presence.ts';
import type { QueueName } from '../queue/queues.ts';
import { checkPolicy, evalScript, onAvailability, untilUp } from '../queue/redis.ts';
import { serveWakes } from '../queue/serve-wakes.ts';
import { openWakes } from '../queue/wakes.ts';
import { TAKING, watchTaking } from '../queue/watch-taking.ts';
import { patiently } from '../runtime/patiently.ts';
import type { RoleContext } from '../runtime/role.ts';
import { assertSchema } from '../store/migrate.ts';
import { needDatabase } from '../store/need-database.ts';
import { type Database, openDatabase } from '../store/postgres.ts';
import type { Utterance } from '../surface/port.ts';
import { asItemWork, asLeftover, notingWhy } from './item-work.ts';
import { type MatrixChatDeps, matrixChat } from './matrix-chat.ts';
import { sayDefect } from './say-defect.ts';
import { sayUtterance } from './say-utterance.ts';

/** What every worker of a lane's queue needs. */
export const WORKER_VARIABLES = [
  'DATABASE_URL',
  'REDIS_URL',
  'MATRIX_HOMESERVER_URL',
  'MATRIX_ACCESS_TOKEN',
  'SURFACES_ALLOW',
  'SURFACES_CONCURRENCY',
  'SURFACES_LEASE',
  'SURFACES_MAX_EDITS',
  'SURFACES_SEND_RATE',
] as const;
export const WORKER_NEEDS = ['database', 'redis', 'homeserver'] as const;

/** Statements of all turns of a process go through these; a turn holds one for a few milliseconds at a time. */
const CONNECTIONS = 16;
/** A connection takes a moment: only what takes longer is an outage. */
const CONNECT_MS = 2_000;
/** Runs that are told to leave off at shutdown have this long to do so. */
const LEAVE_OFF_MS = 5_000;

export type WorkerParts = MatrixChatDeps & {
  readonly database: Database;
  readonly http: MatrixHttp;
  readonly self: UserId;
  /** Tells the lane's holder, in whatever process, to look at it now. */
  readonly publishControl: (lane: string) => Promise<void>;
  /** Something that the head of a lane waits for has happened: it is run again now. */
  readonly nudge: (lane: string) => Promise<void>;
};

export type RunItem = (item: LaneItem<WorkItem>, context: RunContext) => Promise<Send[]>;

type WorkerContext = RoleContext<(typeof WORKER_VARIABLES)[number]>;

/** Opens everything a worker works with, waiting for what is away; closed again by the role's end. */
export async function openWorkerParts({ env, log, readiness, stopping, onStop }: WorkerContext, role: string) {
  const database = openDatabase(env.DATABASE_URL, {
    namespace: env.SURFACES_NAMESPACE,
    max: CONNECTIONS,
    applicationName: role,
  });
  onStop('database', () => database.close());
  const wakes = openWakes(env.REDIS_URL, env.SURFACES_NAMESPACE, log);
  onStop('wakes', () => wakes.close());
  const presence = tellPresence({ env, readiness, onStop }, role, wakes.redis);
  await patiently(() => assertSchema(database), 'database', { readiness, stopping, log });
  void needDatabase(database, { readiness, stopping });
  const policy = async () => {
    await untilUp(wakes.redis, CONNECT_MS);
    await checkPolicy(wakes.redis, env.SURFACES_ENV, log);
  };
  await patiently(policy, 'redis', { readiness, stopping, log });
  onAvailability(wakes.redis, (up) => (up ? readiness.met('redis') : readiness.unmet('redis', 'not connected')));
  const control = openControl(env.REDIS_URL, env.SURFACES_NAMESPACE, log, wakes.redis);
  onStop('control', () => control.close());
  const http = createMatrixHttp({ baseUrl: env.MATRIX_HOMESERVER_URL, accessToken: env.MATRIX_ACCESS_TOKEN });
  onStop('homeserver', () => http.close());
  const asked = { production: env.SURFACES_ENV === 'production', warn: warnOfDevice(log) };
  const account = await patiently(() => botAccount(http, asked), 'homeserver', { readiness, stopping, log });
  const budget = createBudget({
    run: async (script, keys, args) =>
      (await evalScript(wakes.redis, env.SURFACES_NAMESPACE, script, keys, args)) as number[],
    key: `budget:${account.userId}`,
    rate: env.SURFACES_SEND_RATE,
  });
  const sender = new Sender({ http, budget });
  onStop('sender', () => sender.close());
  const parts: WorkerParts = {
    database,
    http,
    sender,
    self: account.userId,
    maxEdits: env.SURFACES_MAX_EDITS,
    publishControl: (lane) => control.publishControl(lane),
    nudge: async (lane) => {
      const next = await nudge(database.run, lane);
      if (next) await wakes.wake(lane, next);
    },
  };
  return { parts, wakes, control, presence };
}

/** Takes wakes of one queue and runs the lanes that they name, until the role stops. */
export function serveLanes(
  context: WorkerContext,
  { parts, wakes, control, presence }: Awaited<ReturnType<typeof openWorkerParts>>,
  queue: QueueName,
  run: RunItem,
): void {
  const { env, log, readiness, onStop } = context;
  const { database } = parts;
  const leases = new LeaseKeeper({
    sql: database.run,
    holder: `${env.SURFACES_INSTANCE}/${randomUUID()}`,
    leaseMs: env.SURFACES_LEASE,
    log,
  });
  control.onControl((lane) => void leases.poke(lane));
  const service = serveWakes({
    redisUrl: env.REDIS_URL,
    namespace: env.SURFACES_NAMESPACE,
    queue,
    concurrency: env.SURFACES_CONCURRENCY,
    log,
    handle: (lane, wokenAt) =>
      runLane<WorkItem>({
        lane,
        queue,
        sql: database.run,
        leases,
        wake: (next, nextQueue) => wakes.wake(next, nextQueue),
        run: (item, its) => notingWhy(() => run(item, its)),
        around: (item, begun, work) => asItemWork(item, begun, work, { queue, wokenAt, log }),
        deliver: async ({ body, createdAt }, lost) => {
          const said = body as Utterance;
          await asLeftover(said, () => sayUtterance(said, { ageMs: Date.now() - createdAt, signal: lost }, parts));
        },
        onDefect: (item, error, lost) =>
          sayDefect(item, error, { database, chat: matrixChat(item.body.room, parts), lost, log }),
        log,
      }),
  });
  const { redis } = wakes;
  const disobey = obeyDrain({ redis, control, namespace: env.SURFACES_NAMESPACE }, presence.name, (drained) => {
    if (drained) service.pause();
    else service.resume();
    presence.draining(drained);
    if (drained) readiness.unmet('work', 'an operator has drained it: it takes no new work');
    else readiness.met('work');
    log.info({ queue }, drained ? 'drained by an operator: no new work is taken' : 'work is taken again');
  });
  const taking = { redis, queue: wakes.queue(queue), hasRoom: service.hasRoom };
  const unwatch = watchTaking(context.progress(`${queue} are taken`, TAKING), taking);
  onStop('lanes', async () => {
    disobey();
    unwatch();
    leases.abortAll();
    await service.close(LEAVE_OFF_MS);
  });
}
