import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeJson } from './atomic-file.ts';
import { Keeper, type KeeperEvent, type Part } from './keeper.ts';
import { clearLeftovers } from './leftovers.ts';
import { identityOf, isAlive } from './process-identity.ts';
import { makeHome, type StackHome, stackHome } from './stack-home.ts';

let home: StackHome;
let keeper: Keeper | undefined;
let events: KeeperEvent[];
beforeEach(() => {
  home = stackHome({ SURFACES_HOME: mkdtempSync(join(tmpdir(), 'surfaces-keeper-')) });
  makeHome(home);
  events = [];
});
afterEach(async () => {
  await keeper?.stop();
  keeper = undefined;
  rmSync(home.root, { recursive: true, force: true });
});

function keep(script: string, more: Partial<Part> = {}): Keeper {
  const part: Part = {
    name: 'sleeper',
    log: join(home.logs, 'sleeper.log'),
    stopSignal: 'SIGTERM',
    graceMs: 5_000,
    command: async () => ({ file: process.execPath, args: ['-e', script] }),
    problem: async () => undefined,
    ...more,
  };
  keeper = new Keeper(part, home.run, (event) => events.push(event));
  keeper.start();
  return keeper;
}
const SLEEP = 'setInterval(() => {}, 1000)';
const said = (state: string) => events.filter((event) => event.state === state);
const soon = { timeout: 20_000, interval: 20 };

describe('a kept process', () => {
  test('that is killed has another pid soon', async () => {
    const kept = keep(SLEEP);
    await kept.whenReady(20_000);
    const first = kept.pid!;
    const killedAt = performance.now();
    process.kill(first, 'SIGKILL');
    await expect.poll(() => kept.state === 'ready' && kept.pid !== first, soon).toBe(true);
    expect(performance.now() - killedAt).toBeLessThan(3_000);
    expect(said('ended')[0]?.detail).toContain('SIGKILL');
  });

  test('that ends again and again is said to be backed off from, with its last words', async () => {
    keep('console.error("the port is taken"); process.exit(1)', { problem: async () => 'not yet' });
    await expect.poll(() => said('backing-off').length, soon).toBe(1);
    expect(said('ended')).toHaveLength(5);
    expect(said('backing-off')[0]).toMatchObject({ ms: 5_000, detail: expect.stringContaining('the port is taken') });
  });

  test('that asks for an operator is not started again, and says why', async () => {
    const kept = keep('console.error("no token"); process.exit(78)', { problem: async () => 'not yet' });
    await expect(kept.whenReady(20_000)).rejects.toThrow(/no token/);
    expect(kept.state).toBe('needs-operator');
    expect(said('starting')).toHaveLength(1);
  });

  test('that will not stop is killed, and leaves no note', async () => {
    const kept = keep(`process.on('SIGTERM', () => {}); ${SLEEP}; console.log('deaf')`, { graceMs: 200 });
    await expect.poll(() => readFileSync(kept.part.log, 'utf8'), soon).toContain('deaf');
    const identity = identityOf(kept.pid!)!;
    await kept.stop();
    expect(isAlive(identity)).toBe(false);
    expect(existsSync(join(home.run, 'sleeper.pid.json'))).toBe(false);
  });
});

test('what a killed supervisor left is ended, and a stranger with the same number is not', async () => {
  const kept = keep(SLEEP);
  await kept.whenReady(20_000);
  const left = identityOf(kept.pid!)!;
  const other = stackHome({ SURFACES_HOME: join(home.root, 'other') });
  mkdirSync(other.run, { recursive: true });
  writeJson(join(other.run, 'stranger.pid.json'), {
    ...left,
    born: 'another life',
    name: 'stranger',
    stopSignal: 'SIGKILL',
  });
  expect(await clearLeftovers(other)).toEqual([]);
  expect(isAlive(left)).toBe(true);
  writeJson(join(other.run, 'turn-worker-1.pid.json'), { ...left, name: 'turn-worker-1', stopSignal: 'SIGTERM' });
  expect(await clearLeftovers(other)).toEqual(['turn-worker-1']);
  expect(isAlive(left)).toBe(false);
});
