import type { RequestListener } from 'node:http';
import { type Env, readEnv } from '../config/read-env.ts';
import type { VariableName } from '../config/variables.ts';
import { codeOf, describe } from '../errors/surfaces-error.ts';
import { sleep } from '../time/time.ts';
import { Readiness, serveHealth } from './health.ts';
import { createLog, type Log } from './log.ts';
import { startDefaultMetrics } from './metrics.ts';

/** What every role needs, whatever else it needs. */
const COMMON = [
  'SURFACES_ENV',
  'SURFACES_NAMESPACE',
  'SURFACES_LOG_LEVEL',
  'SURFACES_INSTANCE',
  'SURFACES_HTTP_HOST',
  'SURFACES_HTTP_PORT',
] as const;
type Common = (typeof COMMON)[number];

export type RoleContext<Name extends VariableName> = {
  readonly env: Env<Name | Common>;
  readonly log: Log;
  readonly readiness: Readiness;
  /** Aborted on SIGTERM and SIGINT: stop taking work. */
  readonly stopping: AbortSignal;
  /** Runs at the end, last registered first; each has a share of the shutdown deadline. */
  readonly onStop: (what: string, stop: () => Promise<unknown>) => void;
  /** Answers all paths of the role's port but `/live`, `/ready` and `/metrics`. */
  readonly onRequest: (listener: RequestListener) => void;
  /** Ends the process with an error that needs an operator or a restart. */
  readonly fail: (error: unknown) => void;
};

export type Role<Name extends VariableName> = {
  readonly name: string;
  readonly variables: readonly Name[];
  /** What has to be met before `/ready` answers 200. */
  readonly needs: readonly string[];
  readonly start: (context: RoleContext<Name>) => Promise<void>;
};

/** A supervisor sends SIGKILL some time after SIGTERM; what is not done by then is recovered like after a crash. */
const SHUTDOWN_MS = 8_000;
/** EX_CONFIG of sysexits.h: restarting will not help. */
const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;
const NEEDS_OPERATOR = new Set([
  'config_invalid',
  'needs_operator',
  'matrix_token_invalid',
  'matrix_token_without_device',
  'schema_mismatch',
  'migration_edited',
  'redis_evicts',
]);

/** 78 where an operator has to change something, 1 for anything else. */
export function exitCodeOf(error: unknown): number {
  return NEEDS_OPERATOR.has(codeOf(error)) ? EXIT_CONFIG : EXIT_FAILED;
}

/**
 * The life of one process: configuration, health server, start, stop on SIGTERM. `main.ts` of a role is a call of this.
 * Exit codes: 0 stopped, 78 an operator has to change something, 1 anything else (a restart may help).
 */
export async function runRole<Name extends VariableName>(role: Role<Name>): Promise<void> {
  let env: Env<Name | Common>;
  try {
    env = readEnv(process.env, [...COMMON, ...role.variables]);
  } catch (error) {
    process.stderr.write(`${role.name}: ${describe(error)}\n`);
    process.exit(EXIT_CONFIG);
  }
  const log = createLog(env.SURFACES_LOG_LEVEL, { role: role.name, instance: env.SURFACES_INSTANCE });
  startDefaultMetrics(role.name);
  const stopping = new AbortController();
  const stops: { what: string; stop: () => Promise<unknown> }[] = [];
  const readiness = new Readiness(['start', ...role.needs]);
  let ending = false;
  let listener: RequestListener | undefined;

  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    stopping.abort();
    const deadline = sleep(SHUTDOWN_MS).then(() =>
      log.warn({ after_ms: SHUTDOWN_MS }, 'shutdown took too long, leaving the rest to recovery'),
    );
    await Promise.race([deadline, stopAll(stops, log)]);
    log.info({ code }, 'stopped');
    process.exit(code);
  };
  const fail = (error: unknown) => {
    log.fatal({ code: codeOf(error), err: error }, describe(error));
    process.stderr.write(`${role.name}: ${describe(error)}\n`);
    void end(exitCodeOf(error));
  };
  process.once('SIGTERM', () => void end(0));
  process.once('SIGINT', () => void end(0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  try {
    const { server, url } = await serveHealth(
      env.SURFACES_HTTP_HOST,
      env.SURFACES_HTTP_PORT,
      readiness,
      () => listener,
    );
    stops.push({ what: 'health', stop: async () => server.close() });
    log.info({ url, pid: process.pid, node: process.version }, 'starting');
    await role.start({
      env,
      log,
      readiness,
      stopping: stopping.signal,
      onStop: (what, stop) => stops.push({ what, stop }),
      onRequest: (given) => {
        listener = given;
      },
      fail,
    });
    readiness.met('start');
    log.info('started');
  } catch (error) {
    fail(error);
  }
}

async function stopAll(stops: { what: string; stop: () => Promise<unknown> }[], log: Log): Promise<void> {
  for (const { what, stop } of stops.toReversed()) {
    try {
      await stop();
    } catch (error) {
      log.warn({ err: error, what }, 'did not stop cleanly');
    }
  }
}
