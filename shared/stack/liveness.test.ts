import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../runtime/free-port.ts';
import { Keeper, type KeeperEvent } from './keeper.ts';
import { oneIn } from './liveness.ts';
import { makeHome, type StackHome, stackHome } from './stack-home.ts';

const soon = { timeout: 20_000, interval: 20 };
let home: StackHome;
let keeper: Keeper | undefined;
let events: KeeperEvent[];
beforeEach(() => {
  home = stackHome({ SURFACES_HOME: mkdtempSync(join(tmpdir(), 'surfaces-liveness-')) });
  makeHome(home);
  events = [];
});
afterEach(async () => {
  await keeper?.stop();
  keeper = undefined;
  rmSync(home.root, { recursive: true, force: true });
});

/** A server whose event loop can be kept busy: `/busy?ms=…`. */
const SERVER = `
  const { createServer } = require('node:http');
  createServer((request, response) => {
    response.end('here');
    const ms = Number(new URL(request.url, 'http://x').searchParams.get('ms'));
    if (ms) setTimeout(() => { const end = Date.now() + ms; while (Date.now() < end); console.log('busy no more'); }, 10);
  }).listen(Number(process.argv[1]), '127.0.0.1');
`;

async function keep(mayEnd: () => boolean): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let answers = 0;
  const ask = async (signal: AbortSignal) => {
    await (await fetch(url, { signal })).text();
    answers += 1;
  };
  const part = {
    name: 'server',
    log: join(home.logs, 'server.log'),
    stopSignal: 'SIGTERM' as const,
    graceMs: 5_000,
    command: async () => ({ file: process.execPath, args: ['-e', SERVER, String(port)] }),
    problem: async () => undefined,
    liveness: { ask, everyMs: 300, misses: 3, mayEnd },
  };
  keeper = new Keeper(part, home.run, (event) => events.push(event));
  keeper.start();
  // Before its first answer it may still be starting, and nothing counts.
  await expect.poll(() => answers, soon).toBeGreaterThan(0);
  return url;
}
const ends = () => events.filter(({ state }) => state === 'ended');

describe('a process whose event loop stands still', () => {
  test('for long is killed and started again, and it is said why', async () => {
    const url = await keep(() => true);
    const first = keeper!.pid;
    const began = performance.now();
    await fetch(`${url}/?ms=60000`);
    await expect.poll(ends, soon).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(ends()[0]?.detail).toContain('does not answer any more');
    await expect.poll(() => keeper!.pid !== undefined && keeper!.pid !== first, soon).toBe(true);
    await expect.poll(() => fetch(url).then((answer) => answer.text()), soon).toBe('here');
  });

  test('for a moment, or while another one was just killed, is left alone', async () => {
    let may = true;
    const url = await keep(() => may);
    const log = () => readFileSync(join(home.logs, 'server.log'), 'utf8').split('busy no more').length - 1;
    await fetch(`${url}/?ms=620`);
    await expect.poll(log, soon).toBe(1);
    may = false;
    await fetch(`${url}/?ms=2500`);
    await expect.poll(log, soon).toBe(2);
    expect(ends()).toEqual([]);
  });
});

test('of several that are silent at once only one is killed in a time', async () => {
  const mayEnd = oneIn(300);
  expect([mayEnd(), mayEnd(), mayEnd()]).toEqual([true, false, false]);
  await expect.poll(mayEnd, { timeout: 5_000, interval: 20 }).toBe(true);
});
