import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import type { Person } from '../services/cli/demo/person/person.ts';
import { newest } from '../services/cli/demo/person/room-history.ts';
import { type Resident, TestStack } from './test-stack.ts';

const stack = new TestStack();
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end(), 60_000);

/** Somebody else in Ann's room. */
async function guestOf(ann: Resident, name = 'bob'): Promise<Person> {
  const bob = await stack.person(name);
  await ann.person.invite(ann.home.room, bob.userId);
  await bob.join(ann.home.room);
  return bob;
}
const repliesOf = (ann: Resident, event: string) => repliesTo(ann.person.room(ann.home.room), stack.bot, event);
const send = async (who: Person, ann: Resident, body: string, more: object = {}) =>
  (await who.send(ann.home.room, 'm.room.message', { msgtype: 'm.text', body, ...more })).eventId;
const toBot = { 'm.mentions': { user_ids: [] as string[] } };

describe('a room with more people', () => {
  test('answers its owner alone; whoever else asks is told once', async () => {
    const ann = await stack.atHome();
    const bob = await guestOf(ann);
    const first = await send(bob, ann, 'demo words=2 pace=1');
    expect((await ann.untilReplied(first)).surfaces).toMatchObject({ kind: 'notice', code: 'not_allowed' });
    const second = await send(bob, ann, 'demo words=2 pace=1');
    const command = await send(bob, ann, '!settings');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect([...repliesOf(ann, second), ...repliesOf(ann, command)]).toEqual([]);
  });

  test('with guests answers what is meant for it, from those who may ask', async () => {
    const ann = await stack.atHome();
    const bob = await guestOf(ann);
    const carol = await guestOf(ann, 'carol');
    const { text } = await ann.command(`!people add ${bob.userId}`);
    expect(text).toContain(bob.userId);
    expect((await ann.command('!people')).text).toContain(bob.userId);

    const aside = await send(bob, ann, 'nice weather');
    const asideOfAnn = await send(ann.person, ann, 'indeed');
    toBot['m.mentions'].user_ids = [stack.bot];
    const mentioned = await send(bob, ann, 'demo words=2 pace=1', toBot);
    const answer = await ann.untilAnswered(mentioned);
    expect(answer.text).toBe('word1 word2');
    expect(newest(answer.parts[0]!).content['m.mentions']).toEqual({ user_ids: [bob.userId] });
    const reply = await send(bob, ann, 'demo words=3 pace=1', {
      'm.relates_to': { 'm.in_reply_to': { event_id: answer.parts[0]!.versions[0]!.eventId } },
    });
    expect((await ann.untilAnswered(reply)).text).toBe('word1 word2 word3');
    const called = await ann.say('surfaces: demo words=1 pace=1');
    expect((await ann.untilAnswered(called)).text).toBe('word1');
    const stranger = await send(carol, ann, 'demo words=2 pace=1', toBot);
    expect((await ann.untilReplied(stranger)).surfaces.code).toBe('not_allowed');
    expect([...repliesOf(ann, aside), ...repliesOf(ann, asideOfAnn)]).toEqual([]);

    // A guest answers what they were asked, and commands nothing that is the owner's.
    const asks = await send(bob, ann, 'demo ask paint the fence', toBot);
    await ann.untilAsked('paint the fence');
    expect((await ann.command('!yes')).surfaces.code).toBe('not_yours');
    await send(bob, ann, '!yes');
    expect((await ann.untilAnswered(asks)).text).toBe('Done: paint the fence');
    const forbidden = await send(bob, ann, '!reset');
    expect((await ann.untilReplied(forbidden)).surfaces.code).toBe('not_allowed');

    await ann.command(`!people remove ${bob.userId}`);
    const late = await send(bob, ann, 'demo words=2 pace=1', toBot);
    expect((await ann.untilReplied(late)).surfaces.code).toBe('not_allowed');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
  }, 90_000);

  test('is alone again with its owner when the guest goes', async () => {
    const ann = await stack.atHome();
    const bob = await guestOf(ann);
    await ann.command(`!люди добавить https://matrix.to/#/${encodeURIComponent(bob.userId)}`);
    await bob.leave(ann.home.room);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await ann.ask('demo words=2 pace=1')).text).toBe('word1 word2');
  });
});

describe('a reply', () => {
  test('brings what it replies to', async () => {
    const ann = await stack.atHome();
    const answer = await ann.ask('demo words=3 pace=1');
    const event = await send(ann.person, ann, 'what did you mean?', {
      'm.relates_to': { 'm.in_reply_to': { event_id: answer.parts[0]!.versions[0]!.eventId } },
    });
    const { text } = await ann.untilAnswered(event);
    expect(text).toContain('word1 word2 word3');
    expect(text).toContain('what did you mean?');
  });

  test('in a thread is answered in the thread', async () => {
    const ann = await stack.atHome();
    const root = await ann.say('demo words=1 pace=1');
    await ann.untilAnswered(root);
    const thread = { rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: root } };
    for (const body of ['demo words=2 pace=1', '!context', 'demo ask in a thread']) {
      const event = await send(ann.person, ann, body, { 'm.relates_to': thread });
      const [said] = await ann.person.until(`something about ${body}`, () => {
        const replies = repliesOf(ann, event);
        return replies.length > 0 && replies;
      });
      expect(said!.versions[0]!.content['m.relates_to']).toMatchObject({ rel_type: 'm.thread', event_id: root });
    }
    await ann.command('!yes');
  });
});

describe('a message that is changed', () => {
  const edit = (event: string, body: string) => ({
    'm.new_content': { msgtype: 'm.text', body },
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
  });

  test('before its turn is taken as changed; after that its author is told once how to ask again', async () => {
    const ann = await stack.atHome();
    const running = await ann.say('demo words=60 pace=30');
    const waiting = await ann.say('demo words=5 pace=1');
    await ann.untilShows(running, 'word3');
    await send(ann.person, ann, '* demo words=2 pace=1', edit(waiting, 'demo words=2 pace=1'));
    const late = await send(ann.person, ann, '* demo words=4 pace=1', edit(running, 'demo words=4 pace=1'));
    const told = await ann.untilReplied(late);
    expect(told.surfaces.kind).toBe('notice');
    expect(told.text).toContain('!retry');
    await send(ann.person, ann, '* demo words=3 pace=1', edit(running, 'demo words=3 pace=1'));
    expect((await ann.untilAnswered(running)).text).toMatch(/word60$/);
    expect((await ann.untilAnswered(waiting)).text).toBe('word1 word2');
    await send(ann.person, ann, '* demo words=7 pace=1', edit(waiting, 'demo words=7 pace=1'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await ann.untilAnswered(await ann.say('!retry'))).text).toMatch(/word7$/);
  }, 60_000);
});

describe('!language', () => {
  test('holds for all texts, in all rooms; auto follows what is written', async () => {
    const ann = await stack.atHome();
    expect((await ann.command('!language ru')).text).toContain('русском');
    expect((await ann.command('!help', ann.home.dm)).text).toContain('команды');
    expect((await ann.command('!language auto')).text).toBeTruthy();
    await ann.ask('Привет, как дела?');
    expect((await ann.command('!help')).text).toContain('команды');
    await ann.ask('Hello, how are you today?');
    expect((await ann.command('!help')).text).toContain('commands');
    expect((await ann.command('!language klingon')).text).toContain('klingon');
  });
});

describe('a room that was encrypted by hand', () => {
  test('is told what to do', async () => {
    const ann = await stack.person();
    const dm = await ann.startDm(stack.bot);
    await ann.until('the bot to be there', () => ann.room(dm).events.some(({ event }) => event.sender === stack.bot));
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(dm)}/state/m.room.encryption/`;
    await ann.api('PUT', path, { algorithm: 'm.megolm.v1.aes-sha2' });
    const isTold = ({ event }: { event: { content: object } }) =>
      (event.content as { 'dev.surfaces'?: { code?: string } })['dev.surfaces']?.code === 'encrypted';
    await ann.until('a word about it', () => ann.room(dm).events.some(isTold));
  });
});

test('what is said in one room changes nothing in another', async () => {
  const [ann, bob] = await Promise.all([stack.atHome(), stack.atHome('bob')]);
  await Promise.all([ann.command('!archive'), bob.command('!archive')]);
  await ann.command('!yes');
  expect(bob.question('archive')!.surfaces.outcome).toBeUndefined();
  expect((await bob.ask('demo words=1 pace=1')).text).toBe('word1');
  expect(surfacesOf(bob.question('archive')!.message).outcome).toBeUndefined();
});
