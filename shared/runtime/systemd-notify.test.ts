import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';

const ROLE = new URL('test-role.ts', import.meta.url).pathname;
const WATCHDOG_MS = 1_000;

/** systemd's side of it: a datagram socket, and a line of JSON for each datagram. What it is sent with is closed, as a barrier wants. */
const RECEIVER = `
import array, json, os, socket, sys
where = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind('\\0' + where[1:] if where[0] == '@' else where)
print('"bound"', flush=True)
while True:
    data, more, _, _ = s.recvmsg(4096, 4096)
    for _, kind, raw in more:
        if kind == socket.SCM_RIGHTS:
            fds = array.array('i'); fds.frombytes(raw)
            for fd in fds: os.close(fd)
    print(json.dumps(data.decode()), flush=True)
`;

const folders: string[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const lacking = ['systemd-notify', 'python3'].filter((program) => !answers(program));
const about = lacking.length > 0 ? ` (skipped: there is no ${lacking.join(' and no ')})` : '';

describe.skipIf(lacking.length > 0)(`what systemd hears of a role${about}`, () => {
  test('that it started, what it waits for, that it is ready, that it lives, that it stops', async () => {
    const { heard, http, child } = await startRole(join(freshFolder(), 'notify'));
    await expect.poll(heard, { timeout: 10_000 }).toContain('READY=1');
    await expect.poll(heard, { timeout: 10_000 }).toContain('STATUS=not ready: friend: has not come yet');
    // Two of them in the time in which systemd wants one.
    const before = beats(heard());
    await expect.poll(() => beats(heard()), { timeout: 3 * WATCHDOG_MS }).toBeGreaterThanOrEqual(before + 2);

    await http('/meet');
    await expect.poll(heard, { timeout: 10_000 }).toContain('STATUS=ready');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await expect.poll(heard).toContain('STATUS=stopping');
    expect(heard()).toContain('STOPPING=1');
    expect(heard().filter((line) => line === 'READY=1')).toHaveLength(1);
  });

  test('nothing more once its event loop is stuck', async () => {
    const { heard, http } = await startRole(join(freshFolder(), 'notify'));
    await expect.poll(() => beats(heard()), { timeout: 10_000 }).toBeGreaterThan(0);
    await http('/block');
    // A sign of life may have been on its way. After that, systemd would have waited in vain for twice its time.
    await quiet(heard, 2 * WATCHDOG_MS);
  });

  test('why it fails, in one line', async () => {
    const { heard, http, child } = await startRole(join(freshFolder(), 'notify'));
    await http('/fail');
    expect(await once(child, 'exit')).toEqual([1, null]);
    await expect.poll(heard).toContain('STATUS=nothing to be done');
  });

  test('at an abstract address, too; and programs that the role starts are told nothing of it', async () => {
    const { heard, http } = await startRole(`@surfaces-notify-${process.pid}`);
    await expect.poll(() => beats(heard()), { timeout: 10_000 }).toBeGreaterThan(0);
    const environment = Object.keys(JSON.parse(await http('/')));
    expect(environment).toContain('PATH');
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) expect(environment).not.toContain(name);
  });

  test('no sign of life where the watchdog is another process’s', async () => {
    const { heard, http } = await startRole(join(freshFolder(), 'notify'), { WATCHDOG_PID: '1' });
    await http('/meet');
    await expect.poll(heard, { timeout: 10_000 }).toContain('STATUS=ready');
    await quiet(heard, 2 * WATCHDOG_MS);
    expect(beats(heard())).toBe(0);
  });
});

test('a role whose systemd-notify is missing goes on, and says so once', async () => {
  const { child, http } = await launch({ NOTIFY_SOCKET: '/nowhere', WATCHDOG_USEC: '100000', PATH: '/nowhere' });
  let log = '';
  child.stdout!.on('data', (data) => {
    log += data;
  });
  await expect.poll(() => log, { timeout: 10_000 }).toContain('systemd-notify did not work');
  await http('/meet');
  expect(log.match(/systemd-notify did not work/g)).toHaveLength(1);
});

async function startRole(socket: string, environment: Record<string, string> = {}) {
  const heard: string[] = [];
  const receiver = keep(spawn('python3', ['-c', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] }));
  const lines = createInterface(receiver.stdout!);
  await once(lines, 'line');
  lines.on('line', (line) => heard.push(...(JSON.parse(line) as string).split('\n')));
  const role = await launch({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: String(WATCHDOG_MS * 1000), ...environment });
  return { ...role, heard: () => [...heard] };
}

/** A role that answers on a unix socket. */
async function launch(environment: Record<string, string>) {
  const address = join(freshFolder(), 'http');
  const env = { PATH: process.env.PATH, SURFACES_HTTP_HOST: address, ...environment };
  const child = keep(spawn(process.execPath, [ROLE], { env, stdio: ['ignore', 'pipe', 'inherit'] }));
  const http = (path: string) =>
    new Promise<string>((resolve, reject) => {
      const asked = request({ socketPath: address, path }, async (answer) => {
        answer.on('error', () => {});
        answer.once('data', (data) => resolve(String(data)));
      });
      asked.once('error', reject).end();
    });
  await expect.poll(() => http('/live'), { timeout: 10_000 }).toContain('live');
  // `/live` answers before the role has started.
  await expect.poll(() => http('/'), { timeout: 10_000 }).toContain('PATH');
  return { child, http };
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'surfaces-notify-'));
  folders.push(folder);
  return folder;
}

function keep(child: ChildProcess): ChildProcess {
  children.push(child);
  return child;
}

const beats = (heard: readonly string[]) => heard.filter((line) => line === 'WATCHDOG=1').length;

/** Until nothing new was heard for `ms`. */
async function quiet(heard: () => string[], ms: number): Promise<void> {
  let last = { count: heard().length, at: performance.now() };
  const heardNothing = () => {
    if (heard().length !== last.count) last = { count: heard().length, at: performance.now() };
    return performance.now() - last.at >= ms;
  };
  await expect.poll(heardNothing, { timeout: 3 * ms }).toBe(true);
}

function answers(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
