import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dropSchema } from '../shared/store/fresh-database.ts';
import { HttpProxy } from './http-proxy.ts';
import { outsideHomeserver } from './outside-homeserver.ts';
import type { Homeserver } from './people.ts';
import { type Resident, TestStack } from './test-stack.ts';

const database = process.env.DATABASE_URL!;
const namespace = `moved_${randomBytes(4).toString('hex')}`;
const agentsDir = mkdtempSync(join(tmpdir(), 'moved-agents-'));
let homeserver: Homeserver;
let token: string;
const stacks: TestStack[] = [];
const ends: (() => unknown)[] = [];

/** A stack in a home of its own, with the one account, database and volume. */
async function stackAt(url: string): Promise<TestStack> {
  const stack = new TestStack({
    env: {
      MATRIX_HOMESERVER_URL: url,
      MATRIX_ACCESS_TOKEN: token,
      DATABASE_URL: database,
      SURFACES_NAMESPACE: namespace,
      AGENTS_DIR: agentsDir,
    },
  });
  stacks.push(stack);
  return stack.up();
}

let first: TestStack;
let ann: Resident;
beforeAll(async () => {
  const outside = await outsideHomeserver();
  homeserver = outside.homeserver;
  token = outside.bot.access_token;
  first = await stackAt(homeserver.url);
  ann = await first.atHome('ann', homeserver);
}, 240_000);
afterAll(async () => {
  for (const stack of stacks.toReversed()) await stack.end();
  for (const end of ends) end();
  await dropSchema(database, namespace);
  rmSync(agentsDir, { recursive: true, force: true });
}, 60_000);

test('a second stack on one account and database, by mistake, answers nothing twice', async () => {
  const second = await stackAt(homeserver.url);
  const asked = [];
  for (let number = 0; number < 6; number++) asked.push(await ann.say(`demo words=3 pace=20 [[${number}]]`));
  for (const question of asked) expect((await ann.untilAnswered(question)).parts).toHaveLength(1);
  expect(ann.breaches()).toEqual([]);
  const active = await Promise.all(
    [first, second].map(async (stack) => (await fetch(`${stack.role('ingress').url}/metrics`)).text()),
  );
  expect(active.filter((metrics) => /surfaces_ingress_active\{[^}]*\} 1/.test(metrics))).toHaveLength(1);
  await second.down();
}, 120_000);

test('the homeserver at another address, and the roles on another machine: everything goes on', async () => {
  await ann.ask('demo remember the address');
  await first.down();
  const meanwhile = await ann.say('demo words=1 pace=1 [[meanwhile]]');
  const proxy = await new HttpProxy(homeserver.url).start();
  ends.push(() => proxy.stop());
  await stackAt(proxy.url);
  expect((await ann.untilAnswered(meanwhile)).text).toBe('[[meanwhile]] word1');
  expect((await ann.ask('demo recall')).text).toContain('the address');
  expect(ann.breaches()).toEqual([]);
}, 120_000);
