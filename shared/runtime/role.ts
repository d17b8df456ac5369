import type { RequestListener } from 'node:http';
import { type Env, readEnv } from '../config/read-env.ts';
import { unknownVariables } from '../config/unknown-variables.ts';
import type { VariableName } from '../config/variables.ts';
import { codeOf, describe } from '../errors/surfaces-error.ts';
import { sleep } from '../time/time.ts';
import { Readiness, START, serveHealth } from './health.ts';
import { createLog, type Log } from './log.ts';
import { startDefaultMetrics } from './metrics.ts';
import { type Progress, type ProgressLimits, ProgressWatch } from './progress.ts';
import type { Systemd } from './systemd-notify.ts';
import { startTracing, TRACING_VARIABLES } from './tracing.ts';

/** What every role needs, whatever else it needs. */
const COMMON = [
  'SURFACES_ENV',
  'SURFACES_NAMESPACE',
  'SURFACES_LOG_LEVEL',
  'SURFACES_INSTANCE',
  'SURFACES_HTTP_HOST',
  'SURFACES_HTTP_PORT',
  ...TRACING_VARIABLES,
] as const;
type Common = (typeof COMMON)[number];

export type RoleContext<Name extends VariableName> = {
  readonly env: Env<Name | Common>;
  readonly log: Log;
  readonly readiness: Readiness;
  /** Aborted on SIGTERM and SIGINT: stop taking work. */
  readonly stopping: AbortSignal;
  /** Runs at the end, last registered first; all share the shutdown deadline, which `moreMs` makes longer. */
  readonly onStop: (what: string, stop: () => Promise<unknown>, moreMs?: number) => void;
  /** Answers all paths of the role's port but `/live`, `/startup`, `/ready` and `/metrics`. */
  readonly onRequest: (listener: RequestListener) => void;
  /** Something that has to move: what does not is said in `/ready`, and at last ends the process. */
  readonly progress: (what: string, limits: ProgressLimits) => Progress;
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

type Stop = { readonly what: string; readonly stop: () => Promise<unknown>; readonly moreMs?: number | undefined };

/** A supervisor sends SIGKILL some time after SIGTERM; what is not done by then is recovered like after a crash. */
export const SHUTDOWN_MS = 8_000;
/** EX_CONFIG of sysexits.h: restarting will not help. */
const EXIT_CONFIG = 78;
const EXIT_FAILED = 1;
/** 128 and the signal’s number, as shells say it. */
const EXIT_AT_ONCE = { SIGTERM: 143, SIGINT: 130 } as const;
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
 * Exit codes: 0 stopped, 78 an operator has to change something, 143 or 130 ended at once by a second SIGTERM or SIGINT, 1
 * anything else (a restart may help).
 */
export async function runRole<Name extends VariableName>(role: Role<Name>): Promise<void> {
  let env: Env<Name | Common>;
  try {
    env = readEnv(process.env, [...COMMON, ...role.variables]);
  } catch (error) {
    process.stderr.write(`${role.name}: ${describe(error)}\n`);
    process.exit(EXIT_CONFIG);
  }
  const names = { role: role.name, instance: env.SURFACES_INSTANCE };
  // Who starts a role by hand reads along; files and production get JSON.
  const pretty = process.stdout.isTTY && env.SURFACES_ENV === 'development';
  const log = createLog(env.SURFACES_LOG_LEVEL, names, { pretty });
  for (const text of unknownVariables(process.env)) log.warn(text);
  startDefaultMetrics(role.name);
  const stopping = new AbortController();
  const stops: Stop[] = [];
  const readiness = new Readiness([START, ...role.needs]);
  let ending = false;
  let listener: RequestListener | undefined;
  let systemd: Systemd | undefined;

  const end = async (code: number, why = 'stopping') => {
    if (ending) return;
    ending = true;
    stopping.abort();
    readiness.unmet('running', 'it is being stopped');
    const withinMs = stops.reduce((sum, { moreMs = 0 }) => sum + moreMs, SHUTDOWN_MS);
    const deadline = sleep(withinMs).then(() =>
      log.warn({ after_ms: withinMs }, 'shutdown took too long, leaving the rest to recovery'),
    );
    await Promise.race([deadline, Promise.all([stopAll(stops, log), systemd?.stopping(why)])]);
    log.info({ code }, 'stopped');
    process.exit(code);
  };
  const fail = (error: unknown) => {
    // What fails because it was stopped is no reason to end otherwise.
    if (ending) return log.warn({ code: codeOf(error), err: error }, `while it was stopped: ${describe(error)}`);
    log.fatal({ code: codeOf(error), err: error }, describe(error));
    process.stderr.write(`${role.name}: ${describe(error)}\n`);
    void end(exitCodeOf(error), describe(error));
  };
  const watch = new ProgressWatch(readiness, fail);
  let asked = false;
  const onSignal = (signal: keyof typeof EXIT_AT_ONCE) => {
    if (asked) {
      log.warn({ signal }, 'asked again: ended at once, what was not done is left to recovery');
      process.exit(EXIT_AT_ONCE[signal]);
    }
    asked = true;
    void end(0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  try {
    stops.push({ what: 'tracing', stop: await startTracing(env, names, log) });
    const { server, url } = await serveHealth(
      env.SURFACES_HTTP_HOST,
      env.SURFACES_HTTP_PORT,
      readiness,
      () => listener,
    );
    stops.push({ what: 'health', stop: async () => server.close() });
    log.info({ url, pid: process.pid, node: process.version }, 'starting');
    if (process.env.NOTIFY_SOCKET) {
      const { notifySystemd } = await import('./systemd-notify.ts');
      // Started, not ready: what it waits for may be away for hours, and to be started again would not bring that back.
      systemd = notifySystemd({ readiness, healthy: () => watch.healthy(), log });
    }
    await role.start({
      env,
      log,
      readiness,
      stopping: stopping.signal,
      onStop: (what, stop, moreMs) => stops.push({ what, stop, moreMs }),
      onRequest: (given) => {
        listener = given;
      },
      progress: (what, limits) => watch.of(what, limits),
      fail,
    });
    readiness.met(START);
    log.info('started');
  } catch (error) {
    fail(error);
  }
}

async function stopAll(stops: readonly Stop[], log: Log): Promise<void> {
  for (const { what, stop } of stops.toReversed()) {
    try {
      await stop();
    } catch (error) {
      log.warn({ err: error, what }, 'did not stop cleanly');
    }
  }
}
