import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HttpProxy, PASS } from '../../e2e/http-proxy.ts';
import { HOMESERVER, newPerson, roomOf, say, type TestPerson } from '../../shared/matrix/test-people.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { textsOf } from './test-ingress.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });
const waiting = { timeout: 30_000, interval: 50 };

type Running = { child: ChildProcess; output: () => string; url: () => string; exit: Promise<number | null> };

describe.skipIf(!HOMESERVER || !process.env.DATABASE_URL || !process.env.REDIS_URL)('ingress as a process', () => {
  let proxy: HttpProxy;
  let bot: TestPerson;
  let database: FreshDatabase;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    proxy = await new HttpProxy(HOMESERVER!).start();
    bot = await newPerson('bot', { bot: true });
    database = await freshDatabase(4);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await bot.http.close();
    await database.drop();
    proxy.stop();
  });

  function start(environment: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', `${import.meta.dirname}/main.ts`], {
      env: {
        ...process.env,
        SURFACES_NAMESPACE: database.namespace,
        SURFACES_HTTP_PORT: '0',
        SURFACES_HTTP_HOST: '127.0.0.1',
        MATRIX_HOMESERVER_URL: proxy.url,
        MATRIX_ACCESS_TOKEN: bot.accessToken,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return {
      child,
      exit,
      output: () => output,
      url: () => /"url":"([^"]+)"/.exec(output)?.[1] ?? 'http://127.0.0.1:1',
    };
  }
  const ready = async ({ url }: Running) => (await fetch(`${url()}/ready`)).json().catch(() => ({}));
  const untilReady = (running: Running) =>
    expect.poll(() => ready(running).catch(() => undefined), waiting).toMatchObject({ ready: true });
  const isActive = async ({ url }: Running) =>
    /surfaces_ingress_active\{[^}]*\} 1/.test(await (await fetch(`${url()}/metrics`)).text());

  test('a wrong token ends it with 78 and what to do', async () => {
    const running = start({ MATRIX_ACCESS_TOKEN: 'syt_wrong' });
    expect(await running.exit).toBe(78);
    expect(running.output()).toContain('MATRIX_ACCESS_TOKEN');
    expect(running.output()).not.toContain('syt_wrong');
  });

  test('a token without a device is a warning, and refused in production', async () => {
    const account = { do: 'answer', status: 200, body: { user_id: bot.userId } } as const;
    proxy.fate = ({ path }) => (path.includes('whoami') ? account : PASS);
    const development = start();
    await untilReady(development);
    expect(development.output()).toContain('matrix_token_without_device');
    expect(await start({ SURFACES_ENV: 'production' }).exit).toBe(78);
  });

  test('a homeserver that is away at the start is waited for, and /ready says so', async () => {
    proxy.fate = () => ({ do: 'reset' });
    const running = start();
    const reason = async () => JSON.stringify(await ready(running).catch(() => ''));
    await expect.poll(reason, waiting).toContain('ECONNRESET');
    proxy.fate = () => PASS;
    await untilReady(running);
  });

  test('ends soon on SIGTERM, active or standby', async () => {
    const both = [start(), start()];
    await Promise.all(both.map(untilReady));
    for (const { child, exit } of both) {
      const started = performance.now();
      child.kill('SIGTERM');
      expect(await exit).toBe(0);
      expect(performance.now() - started).toBeLessThan(2_500);
    }
  });

  test.each(['SIGTERM', 'SIGKILL', 'SIGSTOP'] as const)('a standby takes over soon after %s', async (signal) => {
    const ann = await newPerson('ann', { bot: true });
    const room = await roomOf(ann, bot);
    const both = [start(), start()];
    await Promise.all(both.map(untilReady));
    const actives = async () => (await Promise.all(both.map(isActive))).filter(Boolean).length;
    await expect.poll(actives, waiting).toBe(1);
    const [standby, active] = (await isActive(both[0]!)) ? [both[1]!, both[0]!] : [both[0]!, both[1]!];
    await say(ann, room, 'before');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['before']);
    const killed = performance.now();
    active.child.kill(signal);
    await say(ann, room, 'after');
    await expect.poll(() => isActive(standby), waiting).toBe(true);
    const tookMs = performance.now() - killed;
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['before', 'after']);
    // One that is told to stop gives the lock back; the others’ sessions are ended by Postgres.
    expect(tookMs).toBeLessThan(signal === 'SIGTERM' ? 3_000 : 10_000);
    process.stdout.write(`takeover after ${signal}: ${Math.round(tookMs)} ms\n`);
    await ann.http.close();
  });
});
