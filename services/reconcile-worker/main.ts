import { createMatrixHttp } from '../../shared/matrix/http.ts';
import { tellPresence } from '../../shared/queue/presence.ts';
import { needRedis, onAvailability } from '../../shared/queue/redis.ts';
import { openWakes } from '../../shared/queue/wakes.ts';
import { patiently } from '../../shared/runtime/patiently.ts';
import { runRole } from '../../shared/runtime/role.ts';
import { assertSchema } from '../../shared/store/migrate.ts';
import { needDatabase } from '../../shared/store/need-database.ts';
import { openDatabase } from '../../shared/store/postgres.ts';
import { countQuestions } from './jobs/count-open-questions.ts';
import { dropOldRecords } from './jobs/drop-old-records.ts';
import { expireQuestions } from './jobs/expire-questions.ts';
import { measureQueues } from './jobs/measure-queues.ts';
import { reconcileAsked } from './jobs/reconcile-asked.ts';
import { reconcileFully } from './jobs/reconcile-fully.ts';
import { reconcileLightly } from './jobs/reconcile-lightly.ts';
import { setUpProfileJob } from './jobs/set-up-profile.ts';
import { sweepExpiredLeases } from './jobs/sweep-expired-leases.ts';
import { sweepPendingLanes } from './jobs/sweep-pending-lanes.ts';
import { runJobs } from './run-jobs.ts';

const JOBS = [
  ...[sweepExpiredLeases, sweepPendingLanes, expireQuestions, setUpProfileJob, dropOldRecords],
  ...[reconcileFully, reconcileLightly, reconcileAsked],
  ...[countQuestions, measureQueues],
];

await runRole({
  name: 'reconcile-worker',
  variables: [
    'DATABASE_URL',
    'REDIS_URL',
    'MATRIX_HOMESERVER_URL',
    'MATRIX_ACCESS_TOKEN',
    'SURFACES_BOT_NAME',
    'SURFACES_BOT_AVATAR',
    'SURFACES_KEEP_RECORDS',
  ],
  needs: ['database', 'redis'],
  async start({ env, log, readiness, stopping, onStop, progress, fail }) {
    const open = (max: number) =>
      openDatabase(env.DATABASE_URL, {
        namespace: env.SURFACES_NAMESPACE,
        max,
        applicationName: env.SURFACES_INSTANCE,
      });
    const database = open(4);
    onStop('database', () => database.close());
    const wakes = openWakes(env.REDIS_URL, env.SURFACES_NAMESPACE, log);
    onStop('wakes', () => wakes.close());
    tellPresence({ env, readiness, onStop }, 'reconcile-worker', wakes.redis);
    await patiently(() => assertSchema(database), 'database', { readiness, stopping, log });
    void needDatabase(database, { readiness, stopping });

    const http = createMatrixHttp({ baseUrl: env.MATRIX_HOMESERVER_URL, accessToken: env.MATRIX_ACCESS_TOKEN });
    onStop('homeserver', () => http.close());
    const profile = { name: env.SURFACES_BOT_NAME, avatar: env.SURFACES_BOT_AVATAR };
    const keepRecordsMs = env.SURFACES_KEEP_RECORDS;
    const context = { database, wakes, http, profile, keepRecordsMs, log, stopping, openSession: () => open(1) };
    const jobs = runJobs(JOBS, context, progress);
    onStop('jobs', () => jobs.ended);
    needRedis(wakes.redis, { readiness, environment: env.SURFACES_ENV, log, fail });
    onAvailability(wakes.redis, (up) => {
      if (up) jobs.redisBack();
    });
  },
});
