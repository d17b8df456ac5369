import { parseArgs } from 'node:util';
import { readEnv } from '../../../shared/config/read-env.ts';
import { canDrain, drainProcess, processesMeant, standIns } from '../../../shared/operate/draining.ts';
import { openControl } from '../../../shared/queue/control.ts';
import { idOf, readProcesses } from '../../../shared/queue/presence.ts';
import { openRedis, untilUp } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { openDatabase } from '../../../shared/store/postgres.ts';
import { asOperator } from '../as-operator.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { UsageError } from '../usage-error.ts';

const REDIS_MS = 5_000;

/** `drain <role> [index]`: it takes no new work from now on. */
export const drain = (args: string[]): Promise<number> => setDrained(args, true);

/** `undrain <role> [index]` */
export const undrain = (args: string[]): Promise<number> => setDrained(args, false);

async function setDrained(args: string[], drained: boolean): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const [role, which, ...more] = positionals;
  if (role === undefined || more.length > 0) throw new UsageError('name a role, and one of it by its index or not');
  if (!canDrain({ role }))
    throw new UsageError(
      `${role} takes no work from a queue; these do: turn-worker, command-worker, attachment-worker`,
    );
  const env = readEnv(environmentOfStack(process.env), ['DATABASE_URL', 'REDIS_URL', 'SURFACES_NAMESPACE']);
  const namespace = env.SURFACES_NAMESPACE;
  const log = createLog('silent', {});
  const redis = openRedis(env.REDIS_URL, 'producer', log);
  const control = openControl(env.REDIS_URL, namespace, log, redis);
  const database = openDatabase(env.DATABASE_URL, { namespace, max: 1, applicationName: 'surfaces drain' });
  try {
    await untilUp(redis, REDIS_MS);
    const { there } = await readProcesses(redis, namespace);
    const meant = processesMeant(there, role, which);
    if (meant.length === 0) {
      process.stderr.write(`surfaces: there is no ${[role, which].filter(Boolean).join(' ')} that tells of itself\n`);
      return 1;
    }
    for (const each of meant) {
      const deed = { act: drained ? 'drain' : 'undrain', subject: idOf(each) } as const;
      const { text } = await asOperator(database, deed, () =>
        drainProcess({ redis, control, namespace }, each, drained),
      );
      process.stdout.write(`${each.instance}: ${text}\n`);
    }
    const left = standIns((await readProcesses(redis, namespace)).there, { role }, '');
    if (drained && left.length === 0)
      process.stdout.write(
        `No ${role} takes work now: it waits until one does. To take it back: surfaces undrain ${role}\n`,
      );
    return 0;
  } finally {
    redis.disconnect();
    await control.close();
    await database.close();
  }
}
