import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from '../../shared/errors/surfaces-error.ts';
import { freePort } from '../../shared/runtime/free-port.ts';
import { cacheFolder } from '../../shared/stack/cache.ts';
import { Keeper, type Part } from '../../shared/stack/keeper.ts';
import { postgresPart, postgresUrl } from '../../shared/stack/postgres-part.ts';
import { findRedis, type RedisBinary } from '../../shared/stack/redis-binary.ts';
import { redisPart, redisUrl } from '../../shared/stack/redis-part.ts';
import type { StackHome } from '../../shared/stack/stack-home.ts';
import { findSynapse } from '../../shared/stack/synapse-binary.ts';
import { SYNAPSE_SERVER_NAME, synapsePart, synapseUrl } from '../../shared/stack/synapse-part.ts';
import { clearRun, clearRunsThatAreOver, leaveRun, makeRunFolder, type RunFolder } from './test-run-folder.ts';

const READY_MS = 90_000;

/** The servers of one test run. What the environment names already is used as it is. */
export class TestServers {
  readonly #keepers: Keeper[] = [];
  readonly #say: (line: string) => void;
  #run: RunFolder | undefined;
  /** What could not be started, and why: tests that need it skip. */
  readonly missing: Record<string, string> = {};

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** @returns the variables that the tests look at. */
  async start(environment: NodeJS.ProcessEnv): Promise<Record<string, string>> {
    await clearRunsThatAreOver();
    const run = makeRunFolder();
    this.#run = run;
    process.once('exit', () => this.#leave());
    const cache = cacheFolder(environment);
    const found = await Promise.all([
      environment.DATABASE_URL ? {} : this.#try('Postgres', () => this.#postgres(run)),
      environment.REDIS_URL ? {} : this.#try('Redis', () => this.#redis(run, cache)),
      this.#mayUseHomeserver(environment) ? {} : this.#try('Synapse', () => this.#synapse(run, cache)),
    ]);
    // What tests make is cleared away with the run, whichever way it ends.
    const temporary: Record<string, string> = environment.SURFACES_E2E_KEEP ? {} : { TMPDIR: run.temporary };
    return Object.assign(temporary, ...found);
  }

  #mayUseHomeserver({ MATRIX_HOMESERVER_URL: url, TEST_REGISTRATION_SECRET: secret }: NodeJS.ProcessEnv): boolean {
    if (url && !secret)
      this.#say('MATRIX_HOMESERVER_URL is not used: to make people there takes TEST_REGISTRATION_SECRET');
    return Boolean(url && secret);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#keepers.map((keeper) => keeper.stop()));
    if (this.#run) await clearRun(this.#run);
    this.#run = undefined;
  }

  /** When the process ends before its time, as by Ctrl-C. */
  #leave(): void {
    if (this.#run)
      leaveRun(
        this.#run,
        this.#keepers.map(({ pid }) => pid),
      );
  }

  async #try(name: string, bring: () => Promise<Record<string, string>>): Promise<Record<string, string>> {
    try {
      return await bring();
    } catch (error) {
      this.missing[name] = describe(error);
      return {};
    }
  }

  async #postgres({ home }: RunFolder): Promise<Record<string, string>> {
    const port = await freePort();
    const password = randomBytes(12).toString('hex');
    const { postgres: folder, logs } = home;
    await this.#keep(home, postgresPart({ folder, log: join(logs, 'postgres.log'), port, password, durable: false }));
    return { DATABASE_URL: postgresUrl(port, password) };
  }

  async #redis({ home }: RunFolder, cache: string): Promise<Record<string, string>> {
    const binary = await findRedis(cache, () => this.#say('unpacking Redis (once)…'));
    const port = await freePort();
    const password = randomBytes(12).toString('hex');
    const { redis: folder, logs } = home;
    await this.#keep(home, redisPart({ binary, folder, log: join(logs, 'redis.log'), port, password }));
    return { REDIS_URL: redisUrl(port, password), REDIS_SERVER: runnable(binary, folder) };
  }

  async #synapse({ home }: RunFolder, cache: string): Promise<Record<string, string>> {
    const binary = await findSynapse(cache, () => this.#say('installing Synapse (once, about half a minute)…'));
    const port = await freePort();
    const registrationSecret = randomBytes(24).toString('hex');
    const { synapse: folder, logs } = home;
    const log = join(logs, 'synapse.log');
    await this.#keep(
      home,
      synapsePart({ binary, folder, log, port, serverName: SYNAPSE_SERVER_NAME, registrationSecret }),
    );
    return { MATRIX_HOMESERVER_URL: synapseUrl(port), TEST_REGISTRATION_SECRET: registrationSecret };
  }

  async #keep(home: StackHome, part: Part): Promise<void> {
    const keeper = new Keeper(part, home.run);
    this.#keepers.push(keeper);
    keeper.start();
    await keeper.whenReady(READY_MS);
  }
}

/** One command that starts this Redis, for tests that have a server of their own: an unpacked one needs its libraries. */
function runnable({ file, env }: RedisBinary, folder: string): string {
  if (env === process.env) return file;
  const script = join(folder, 'redis-server.sh');
  writeFileSync(script, `#!/bin/sh\nLD_LIBRARY_PATH='${env.LD_LIBRARY_PATH}' exec '${file}' "$@"\n`, { mode: 0o700 });
  return script;
}
