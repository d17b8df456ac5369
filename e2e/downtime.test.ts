import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateOf } from '../services/cli/demo/person/room-history.ts';
import { outsideHomeserver } from './outside-homeserver.ts';
import type { Homeserver } from './people.ts';
import { TestStack } from './test-stack.ts';

/** More than a page of /sync holds (100), and more than its default (10). */
const MANY = 130;

let stack: TestStack;
let homeserver: Homeserver;
beforeAll(async () => {
  const outside = await outsideHomeserver();
  homeserver = outside.homeserver;
  stack = await new TestStack({
    env: { MATRIX_HOMESERVER_URL: outside.homeserver.url, MATRIX_ACCESS_TOKEN: outside.bot.access_token },
  }).up();
}, 240_000);
afterAll(() => stack?.end(), 60_000);

test('what is sent while everything is down is answered, all of it, in order', async () => {
  const ann = await stack.atHome('ann', homeserver);
  const bob = await stack.person('bob', homeserver);
  const bot = stack.bot;
  await stack.down();
  const asked: string[] = [];
  for (let index = 1; index <= MANY; index++) asked.push(await ann.say(`demo words=1 pace=1 [[m${index}]]`));
  const dm = await bob.startDm(bot);
  await stack.up();
  for (const [index, question] of asked.entries()) {
    expect((await ann.untilAnswered(question, 120_000)).text).toBe(`[[m${index + 1}]] word1`);
  }
  expect(ann.breaches()).toEqual([]);
  await bob.until(
    'the bot to accept the invitation that came meanwhile',
    () => stateOf(bob.room(dm), 'm.room.member', bot)?.content.membership === 'join',
  );
}, 240_000);

test('`down` leaves a homeserver that it did not start alone', async () => {
  await stack.down();
  expect((await fetch(`${homeserver.url}/_matrix/client/versions`)).ok).toBe(true);
  await stack.up();
}, 120_000);
