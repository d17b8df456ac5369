import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ClientFailure } from '../services/cli/demo/person/client-api.ts';
import { HttpProxy, isSend, isSync, limited, PASS } from './http-proxy.ts';
import { outsideHomeserver } from './outside-homeserver.ts';
import type { Homeserver } from './people.ts';
import { type Resident, TestStack } from './test-stack.ts';

let stack: TestStack;
let proxy: HttpProxy;
let homeserver: Homeserver;
beforeAll(async () => {
  const outside = await outsideHomeserver();
  homeserver = outside.homeserver;
  proxy = await new HttpProxy(outside.homeserver.url).start();
  stack = await new TestStack({
    env: { MATRIX_HOMESERVER_URL: proxy.url, MATRIX_ACCESS_TOKEN: outside.bot.access_token },
  }).up();
}, 240_000);
afterAll(async () => {
  await stack?.end();
  proxy?.stop();
}, 60_000);
afterEach(() => {
  proxy.fate = () => PASS;
});

async function askSeveral(ann: Resident, count = 5): Promise<void> {
  const asked: string[] = [];
  for (let index = 1; index <= count; index++) asked.push(await ann.say(`demo words=30 pace=20 [[m${index}]]`));
  for (const [index, question] of asked.entries()) {
    const answer = await ann.untilAnswered(question, 90_000);
    expect(answer.text).toMatch(new RegExp(`^\\[\\[m${index + 1}\\]\\] word1 .* word30$`));
  }
  expect(ann.breaches()).toEqual([]);
}

test('answers that are lost on the way back: nothing is said twice', async () => {
  const ann = await stack.atHome('ann', homeserver);
  let sends = 0;
  proxy.fate = (call) => (isSend(call) && sends++ % 3 === 0 ? { do: 'lose_answer' } : PASS);
  await askSeveral(ann);
  expect(sends).toBeGreaterThan(10);
}, 120_000);

test('connections that are reset: nothing is lost', async () => {
  const ann = await stack.atHome('ann', homeserver);
  let calls = 0;
  proxy.fate = (call) => (!isSync(call) && calls++ % 4 === 0 ? { do: 'reset' } : PASS);
  await askSeveral(ann);
}, 120_000);

test('429: slower, in order, and complete', async () => {
  const ann = await stack.atHome('ann', homeserver);
  let sends = 0;
  proxy.fate = (call) => (isSend(call) && ++sends % 4 === 0 ? limited(300) : PASS);
  await askSeveral(ann);
}, 120_000);

test('/sync that is lost, refused and late: every message comes in once', async () => {
  const ann = await stack.atHome('ann', homeserver);
  let syncs = 0;
  proxy.fate = (call) => {
    if (!isSync(call)) return PASS;
    syncs++;
    if (syncs % 3 === 0) return { do: 'lose_answer' };
    return syncs % 3 === 1 ? { do: 'answer', status: 502, body: { errcode: 'M_UNKNOWN' } } : { do: 'delay', ms: 200 };
  };
  await askSeveral(ann);
}, 120_000);

test('a homeserver that is away for some seconds: the answer goes on', async () => {
  const ann = await stack.atHome('ann', homeserver);
  const question = await ann.say('demo words=150 pace=30');
  await ann.untilShows(question, 'word5');
  proxy.fate = () => ({ do: 'reset' });
  await new Promise((resolve) => setTimeout(resolve, 6000));
  proxy.fate = () => PASS;
  expect((await ann.untilAnswered(question)).text).toContain('word150');
  expect(ann.breaches()).toEqual([]);
}, 120_000);

/** Contents that a homeserver takes from any client. */
const HOSTILE: unknown[] = [
  {},
  { msgtype: 'm.text' },
  { msgtype: 'm.text', body: 7 },
  { msgtype: 'm.text', body: null },
  { msgtype: 'm.text', body: ['a', { b: 'c' }] },
  { msgtype: ['m.text'], body: 'x' },
  { msgtype: 'm.file', body: 'f', url: { not: 'a url' }, info: 'none' },
  { msgtype: 'm.image', body: '../../../../etc/passwd', url: 'mxc://nowhere/../..', info: { size: -1 } },
  { msgtype: 'm.text', body: 'x', 'm.relates_to': 'a string' },
  { msgtype: 'm.text', body: 'x', 'm.relates_to': { rel_type: 'm.replace' } },
  { msgtype: 'm.text', body: 'x', 'm.relates_to': { rel_type: 'm.replace', event_id: { a: 1 } }, 'm.new_content': [] },
  { msgtype: 'm.text', body: 'x', 'm.relates_to': { rel_type: 'm.replace', event_id: '$none' }, 'm.new_content': null },
  { msgtype: 'm.text', body: 'x', 'm.mentions': 'everyone', format: {}, formatted_body: 12 },
  JSON.parse('{"msgtype":"m.text","body":"x","__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
  { msgtype: 'm.text', body: 'x', 'dev.surfaces': { op: 'forged', kind: 'answer', in_response_to: '$x' } },
  { msgtype: 'm.text', body: 'nul \u0000 and \u0001' },
  { msgtype: 'm.text', body: 'half a pair \uD83D' },
  { msgtype: 'm.text', body: '! ' },
  { msgtype: 'm.text', body: `!${'x'.repeat(30_000)}` },
  { msgtype: 'm.text', body: 'demo words=99999999999999999999 pace=-1' },
];

test('events of every shape never stop the loop', async () => {
  const ann = await stack.atHome('ann', homeserver);
  let taken = 0;
  for (const content of HOSTILE) {
    // A homeserver may refuse some of them; then they do not come from this one.
    taken += await ann.person.send(ann.home.room, 'm.room.message', content).then(
      () => 1,
      (error) => (error instanceof ClientFailure ? 0 : Promise.reject(error)),
    );
  }
  expect(taken).toBeGreaterThan(HOSTILE.length / 2);
  await ann.person.send(ann.home.room, 'm.room.encrypted', { algorithm: 'm.none', ciphertext: 4 });
  await ann.person.send(ann.home.room, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation' } });
  await ann.person.send(ann.home.room, 'com.example.unknown', { a: Array.from({ length: 500 }, () => ({})) });
  const stop = await ann.say('!stop all');
  expect(stop).toMatch(/^\$/);
  expect((await ann.ask('demo words=2 pace=1 [[sane]]', 120_000)).text).toBe('[[sane]] word1 word2');
}, 180_000);
