import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surfacesOf } from '../services/cli/demo/person/answers.ts';
import { type Message, messagesOf, newest, stateOf } from '../services/cli/demo/person/room-history.ts';
import { linkedRoom } from './linked-room.ts';
import { type Resident, TestStack } from './test-stack.ts';

const TURNS = 5;
const QUEUED = 4;
const COMMANDS = 6;
let stack: TestStack;

beforeAll(async () => {
  const env = {
    SURFACES_LIMIT_TURNS_PER_MINUTE: String(TURNS),
    SURFACES_LIMIT_QUEUED: String(QUEUED),
    SURFACES_LIMIT_COMMANDS_PER_MINUTE: String(COMMANDS),
    SURFACES_LIMIT_TURNS_AT_ONCE: '1',
  };
  stack = await new TestStack({ env }).up();
}, 240_000);
afterAll(() => stack?.end(), 60_000);

const withCode = ({ person, home: { room } }: Resident, code: string): Message[] =>
  messagesOf(person.room(room)).filter((message) => surfacesOf(message).code === code);
const textOf = (message: Message) => newest(message).content.body ?? '';
async function sayAll(resident: Resident, texts: readonly string[]): Promise<string[]> {
  const events: string[] = [];
  for (const text of texts) events.push(await resident.say(text));
  return events;
}
describe('limits of a person', () => {
  // The first waits for a minute to pass; the others go on meanwhile.
  let ann: Resident;
  let asked: string[];

  test('so many messages a minute are answered at once; the next one waits, and its person is told when', async () => {
    ann = await stack.atHome('ann');
    const texts = Array.from({ length: TURNS + 2 }, (_, index) => `demo words=1 [[m${index + 1}]]`);
    // Slowly enough that none has to wait behind QUEUED others.
    asked = [];
    for (const text of texts.slice(0, TURNS)) {
      const event = await ann.say(text);
      asked.push(event);
      await ann.untilAnswered(event);
    }
    asked.push(...(await sayAll(ann, texts.slice(TURNS))));
    const [notice] = await ann.person.until('the notice', () => {
      const told = withCode(ann, 'rate_limited');
      return told.length > 0 && told;
    });
    expect(surfacesOf(notice!)).toMatchObject({ kind: 'notice', in_response_to: asked[TURNS] });
    expect(textOf(notice!)).toMatch(/None is lost: I go on with them in order, in \d+ seconds/);
  });

  test('what is over the queue is refused by one notice that counts, also over kill -9', async () => {
    const bob = await stack.atHome('bob');
    const first = await bob.say('demo words=900 pace=100');
    await bob.untilShows(first, 'word2');
    const waiting = await sayAll(bob, ['one', 'two', 'three', 'four']);
    const refused = await sayAll(bob, ['five', 'six']);
    await bob.person.until('the notice', () => withCode(bob, 'queue_full').length > 0);
    const [worker, ingress] = [stack.kill('command-worker'), stack.kill('ingress')];
    refused.push(...(await sayAll(bob, ['seven', 'eight', 'nine'])));
    await Promise.all([stack.untilBack('command-worker', worker), stack.untilBack('ingress', ingress)]);
    const [notice, ...more] = await bob.person.until(
      'its count',
      () => {
        const told = withCode(bob, 'queue_full');
        return told.length > 0 && textOf(told[0]!).includes('5 messages') && told;
      },
      60_000,
    );
    expect(more).toEqual([]);
    expect(surfacesOf(notice!)).toMatchObject({ kind: 'notice', in_response_to: refused[0] });
    // `!stop all` makes room: what comes then is taken, and none of the refused is ever answered.
    await bob.command('!stop all');
    await bob.ask('demo words=1 [[after]]');
    for (const event of refused) expect(bob.answer(event).parts).toEqual([]);
    for (const event of waiting) expect(bob.answer(event).parts).toEqual([]);
  });

  test('one turn runs at a time; another room of the person waits for it, is told so, and goes on at its end', async () => {
    const cay = await stack.atHome('cay');
    const made = await cay.command('!new Second');
    const second = linkedRoom(made.text);
    await cay.person.join(second);
    const long = await cay.say('demo words=30 pace=100');
    await cay.untilShows(long, 'word2');
    const { eventId } = await cay.person.say(second, 'demo words=1 [[second]]');
    const notice = await cay.untilReplied(eventId, second);
    expect(notice.surfaces).toMatchObject({ kind: 'notice', code: 'rate_limited' });
    expect(cay.answer(long).state).toBe('streaming');
    await cay.untilAnswered(long);
    const ended = Date.now();
    await cay.person.until('the answer in the second room', () =>
      messagesOf(cay.person.room(second)).find(
        (message) => textOf(message).includes('[[second]]') && message.sender === cay.bot,
      ),
    );
    // Woken by the end of the first, not by the look again, which comes ten seconds after it had to wait: seven after that end.
    expect(Date.now() - ended).toBeLessThan(5_000);
  });

  test('a flood of commands: so many are carried out, one says why the rest are not, and !stop always works', async () => {
    const dan = await stack.atHome('dan');
    const long = await dan.say('demo words=200 pace=100');
    await dan.untilShows(long, 'word2');
    // The invitation was the first of the minute.
    const events = await sayAll(
      dan,
      Array.from({ length: COMMANDS + 4 }, () => '!help'),
    );
    await dan.person.until('the notice', () => withCode(dan, 'rate_limited').length > 0);
    const stop = await dan.command('!stop');
    expect(stop.surfaces.code).toBeUndefined();
    const replies = messagesOf(dan.person.room(dan.home.room)).filter(
      (message) => events.includes(surfacesOf(message).in_response_to ?? '') && surfacesOf(message).code === undefined,
    );
    expect(replies.length).toBeLessThanOrEqual(COMMANDS);
    expect(replies.length).toBeGreaterThanOrEqual(COMMANDS - 1);
    expect(withCode(dan, 'rate_limited')).toHaveLength(1);
    expect(textOf(withCode(dan, 'rate_limited')[0]!)).toContain('Commands work again in');
  });

  test('a flood of invitations: so many are accepted, the rest are declined', async () => {
    const fay = await stack.person('fay');
    const dms: string[] = [];
    for (let index = 0; index < COMMANDS + 3; index++) dms.push(await fay.startDm(stack.bot));
    const standing = () =>
      dms.map((dm) => stateOf(fay.room(dm), 'm.room.member', stack.bot)?.content.membership ?? 'nothing');
    await fay.until('an answer to each', () => standing().every((each) => each === 'join' || each === 'leave'), 60_000);
    expect(standing().filter((each) => each === 'join')).toHaveLength(COMMANDS);
  });

  test('who is blocked is told once, is not answered, and is let in again', async () => {
    const eve = await stack.atHome('eve');
    const { code, output } = await stack.surfaces('block', eve.person.userId, '--reason', 'a test');
    expect([code, output]).toEqual([0, expect.stringContaining('is blocked')]);
    const [one, two] = [await eve.say('demo words=1'), await eve.say('demo words=1')];
    expect((await eve.untilReplied(one)).surfaces.code).toBe('not_allowed');
    expect((await stack.surfaces('blocked')).output).toContain(': a test');
    expect((await stack.surfaces('unblock', eve.person.userId)).code).toBe(0);
    await eve.ask('demo words=1 [[again]]');
    expect(withCode(eve, 'not_allowed')).toHaveLength(1);
    expect(eve.answer(two!).parts).toEqual([]);
  });

  test('what waited for its minute is answered, in order, and no sooner', async () => {
    const answers = [];
    for (const event of asked) answers.push(await ann.untilAnswered(event, 90_000));
    expect(answers.map(({ text }) => text.slice(0, 6))).toEqual(asked.map((_, index) => `[[m${index + 1}]]`));
    expect(withCode(ann, 'rate_limited')).toHaveLength(1);
    // The sixth began when the first was a minute old; a client sees them with some play.
    const starts = answers.map(({ firstAt }) => firstAt!);
    expect(starts[TURNS]! - starts[0]!).toBeGreaterThan(58_000);
    expect(starts[TURNS + 1]! - starts[1]!).toBeGreaterThan(58_000);
    expect(ann.breaches()).toEqual([]);
  }, 180_000);
});
