import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reason } from './health.ts';

export type RoleProcess = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  /** Its exit code; null where a signal ended it. */
  readonly exit: Promise<number | null>;
  /** A path's status and JSON. */
  readonly get: (path: string) => Promise<{ status: number; body: unknown }>;
  /** What it is not ready for; undefined where it does not answer. */
  readonly needs: () => Promise<string[] | undefined>;
};

const START_MS = 20_000;

/** For tests: a role as a process of its own, once it listens. `main` is the file; the port is a free one. */
export async function startRoleProcess(main: URL, environment: Record<string, string> = {}): Promise<RoleProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main.pathname], {
    env: { ...process.env, SURFACES_HTTP_PORT: '0', SURFACES_HTTP_HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const deadline = performance.now() + START_MS;
  const listens = () => /"url":"([^"]+)"/.exec(output)?.[1];
  while (listens() === undefined) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`the role does not listen:\n${output}`);
    await delay(20);
  }
  const url = listens()!;
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, body: await answer.json() };
  };
  const needs = async () => {
    const answer = await get('/ready').catch(() => undefined);
    return (answer?.body as { reasons: Reason[] } | undefined)?.reasons.map(({ need }) => need);
  };
  return { child, url, output: () => output, exit, get, needs };
}
