import { describe } from '../../../shared/errors/surfaces-error.ts';
import { whoami } from '../../../shared/matrix/account.ts';
import { createMatrixHttp } from '../../../shared/matrix/http.ts';
import { openRedis, untilUp } from '../../../shared/queue/redis.ts';
import { STARTED_WITH } from '../../../shared/runtime/called-as.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { type StackHome, stackHome } from '../../../shared/stack/stack-home.ts';
import { connectOnce } from '../../../shared/store/postgres.ts';
import { askForYes } from '../ask-for-yes.ts';
import { inHome } from '../in-home.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { carryOut, type Done } from './carry-out.ts';
import { type ResetOptions, readOptions } from './options.ts';
import { checkNobodyElse } from './other-processes.ts';
import { type Places, placesOf } from './places.ts';
import { isNothing, makePlan, type Plan, type Reach } from './plan.ts';
import { count, planText } from './plan-text.ts';
import { checkHomeserver } from './private-address.ts';
import { checkHomeIsDown } from './processes-of-home.ts';
import { Refused } from './refused.ts';
import { openServers, type Servers } from './servers.ts';

const REDIS_MS = 5_000;
const EXIT = { done: 0, nothing: 0, failed: 1, refused: 2 } as const;

/** How it ended; with `--json` it is what is printed. */
type Result = { state: keyof typeof EXIT; reason?: string; done?: Done };
type Told = { plan?: Plan; result: Result };

/** `reset --dev [--yes] [--homeserver URL] [--json]`: a development account and its stack back to nothing. @returns 0, 1 or 2. */
export async function reset(args: string[]): Promise<number> {
  const told: Told = { result: { state: 'refused' } };
  const json = args.includes('--json');
  try {
    const options = readOptions(args, process.env);
    await untilInterrupted((signal) =>
      inHome(stackHome(process.env), (home) => resetHome(home, options, told, signal), signal),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    told.result = { state: 'refused', reason: error.message };
  }
  if (json) process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  else (EXIT[told.result.state] === 0 ? process.stdout : process.stderr).write(closing(told.result));
  return EXIT[told.result.state];
}

async function resetHome(home: StackHome, options: ResetOptions, told: Told, signal: AbortSignal): Promise<void> {
  checkHomeIsDown(home);
  const places = placesOf(process.env, home);
  if (places.homeserver) await checkHomeserver(places.homeserver.url, options.homeserver);
  const say = (line: string) => {
    if (!options.json) process.stdout.write(`  … ${line}\n`);
  };
  const servers = await openServers(places, { home, say, signal });
  try {
    await withReach(places, servers, async (reach) => {
      await checkNobodyElse({ ...reach, ...(reach.account && { self: reach.account.self }) }, places.namespace);
      const plan = await makePlan(reach);
      told.plan = plan;
      if (isNothing(plan)) {
        told.result = { state: 'nothing' };
        return;
      }
      if (!options.json) process.stdout.write(`\n${planText(plan)}\n`);
      if (!options.yes) await askForYes('There is no way back.', options.json, signal);
      told.result = await outcome(() => carryOut(reach, plan, { say, signal }));
    });
  } finally {
    await servers.stop();
  }
}

/** Opens the ways to what is there, and closes them again. */
async function withReach(places: Places, servers: Servers, use: (reach: Reach) => Promise<void>): Promise<void> {
  const { databaseUrl, redisUrl, homeserver } = servers;
  const connection = databaseUrl ? await connectOnce(databaseUrl, places.namespace, 'surfaces reset') : undefined;
  const redis = redisUrl ? openRedis(redisUrl, 'producer', createLog('silent', {})) : undefined;
  const http = homeserver && createMatrixHttp({ baseUrl: homeserver.url, accessToken: homeserver.token });
  try {
    if (redis) await untilUp(redis, REDIS_MS);
    const account = http && { http, self: (await whoami(http)).userId };
    await use({ places, ...(connection && { connection }), ...(redis && { redis }), ...(account && { account }) });
  } finally {
    redis?.disconnect();
    await Promise.allSettled([connection?.end(), http?.close()]);
  }
}

/** From here on something may have been done: whatever goes wrong, the next run goes on from there. */
async function outcome(work: () => Promise<Done>): Promise<Result> {
  try {
    return { state: 'done', done: await work() };
  } catch (error) {
    return { state: 'failed', reason: describe(error) };
  }
}

function closing({ state, reason, done }: Result): string {
  const start = `Start with: ${STARTED_WITH}`;
  switch (state) {
    case 'nothing':
      return `There is nothing to do: everything is empty already. ${start}\n`;
    case 'refused':
      return `Nothing was done: ${reason}\n`;
    case 'failed':
      return `It is not finished: ${reason}\nRun it again: it goes on from where it is.\n`;
    case 'done':
      return `Done: ${count(done!.rooms, 'room')} left and forgotten, ${count(done!.peopleRemoved, 'removal')} of people, database, Redis and volume emptied. ${start}\n`;
  }
}
