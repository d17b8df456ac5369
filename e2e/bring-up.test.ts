import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../shared/runtime/free-port.ts';
import { HttpProxy, limited, PASS } from './http-proxy.ts';
import { outsideHomeserver } from './outside-homeserver.ts';
import { untilTrue } from './until-true.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const homes: string[] = [];

type Env = Readonly<Record<string, string>>;

/** The CLI, as a person runs it, in a home of its own. */
function surfaces(args: readonly string[], env: Env = {}, home = newHome()) {
  const child = spawn('sh', [join(ROOT, 'infra/scripts/run.sh'), join(ROOT, 'services/cli/main.ts'), ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, SURFACES_HOME: home } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = {
    home,
    output: '',
    code: undefined as number | null | undefined,
    ended: Promise.resolve(0 as number | null),
    child,
  };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      run.output += data;
    });
  // `exit`, not `close`: what stays up has inherited the pipes.
  run.ended = new Promise((resolve) => {
    child.once('exit', (code) => {
      run.code = code;
      // What was written last may still be on its way.
      setTimeout(() => resolve(code), 100);
    });
  });
  return run;
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'surfaces-e2e-'));
  homes.push(home);
  return home;
}

let outside: Awaited<ReturnType<typeof outsideHomeserver>>;
beforeAll(async () => {
  outside = await outsideHomeserver();
}, 120_000);
afterAll(async () => {
  for (const home of homes) {
    await surfaces(['down', '--purge'], {}, home).ended;
    rmSync(home, { recursive: true, force: true });
  }
}, 120_000);

const ofOutside = (url: string): Env => ({ MATRIX_HOMESERVER_URL: url, MATRIX_ACCESS_TOKEN: outside.bot.access_token });

describe('a bring-up that cannot work says so, and what to do', () => {
  test('in production nothing is embedded: everything that is missing is named at once', async () => {
    const run = surfaces(['up', '--detach'], { SURFACES_ENV: 'production', REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await run.ended).toBe(78);
    for (const name of [
      'DATABASE_URL',
      'MATRIX_HOMESERVER_URL',
      'MATRIX_ACCESS_TOKEN',
      'AGENT_URL',
      'AGENTS_DIR',
      'SURFACES_ALLOW',
    ])
      expect(run.output).toContain(name);
    expect(run.output).not.toContain('REDIS_URL');
  });

  test.each([
    [['up', '--scale', 'turnworker=2'], 'turn-worker'],
    [['up', '--scale', 'turn-worker=0'], 'from 1 to'],
    [['up', '--sideways'], 'sideways'],
    [['sing'], 'sing'],
  ])('%j is wrong usage', async (args, word) => {
    const run = surfaces(args as string[]);
    expect(await run.ended).toBe(64);
    expect(run.output).toContain(word);
  });

  test('a token that the homeserver refuses', async () => {
    const run = surfaces(['up', '--detach'], {
      MATRIX_HOMESERVER_URL: outside.homeserver.url,
      MATRIX_ACCESS_TOKEN: 'syt_wrong',
    });
    expect(await run.ended).toBe(78);
    expect(run.output).toContain('matrix_token_invalid');
    expect(run.output).toContain('MATRIX_ACCESS_TOKEN');
    expect(run.output).not.toContain('syt_wrong');
  }, 90_000);

  test('somebody who reads only the first line is no reason for a stack trace', async () => {
    const child = spawn('sh', ['-c', `sh ${ROOT}infra/scripts/run.sh ${ROOT}services/cli/main.ts config | head -1`], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, SURFACES_HOME: newHome() } as NodeJS.ProcessEnv,
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    await new Promise((resolve) => child.once('close', resolve));
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});

describe('servers of one’s own', () => {
  test('that are away are waited for, visibly; an agent that is away, and limits, are told', async () => {
    const proxy = await new HttpProxy(outside.homeserver.url).start();
    proxy.fate = () => ({ do: 'reset' });
    const agent = `ws://127.0.0.1:${await freePort()}`;
    const run = surfaces(['up', '--detach'], { ...ofOutside(proxy.url), AGENT_URL: agent, AGENT_TOKEN: 'x' });
    await untilTrue(
      'it to say what it waits for',
      () => /Homeserver.*waiting.*matrix_unavailable/s.test(run.output),
      60_000,
    );
    expect(run.code).toBeUndefined();
    proxy.fate = ({ method, path }) => (method === 'PUT' && path.includes('m.room.topic') ? limited(2_500) : PASS);
    expect(await run.ended).toBe(0);
    expect(run.output).toContain('agent host does not answer');
    expect(run.output).toContain(agent);
    expect(run.output).toMatch(/! Homeserver .*limits the bot’s account.* 3\.0 s/);
    const joined = await fetch(`${outside.homeserver.url}/_matrix/client/v3/joined_rooms`, {
      headers: { authorization: `Bearer ${outside.bot.access_token}` },
    });
    expect(await joined.json()).toEqual({ joined_rooms: [] });

    const status = surfaces(['status', '--json'], {}, run.home);
    expect(await status.ended).toBe(0);
    expect(JSON.parse(status.output).roles.map(({ role }: { role: string }) => role)).not.toContain('agent-host');
    const again = surfaces(
      ['up', '--detach'],
      { ...ofOutside(proxy.url), AGENT_URL: agent, AGENT_TOKEN: 'x' },
      run.home,
    );
    expect(await again.ended).toBe(0);
    expect(again.output).toContain('runs already');
    expect(await surfaces(['down'], {}, run.home).ended).toBe(0);
    expect(await surfaces(['down'], {}, run.home).ended).toBe(0);
    proxy.stop();
  }, 180_000);
});
