import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import { inviteBot, roomsOfKind } from '../services/cli/demo/person/onboarding.ts';
import { type Message, messagesOf, newest, stateOf } from '../services/cli/demo/person/room-history.ts';
import { checkHtml } from './check-html.ts';
import { TestStack } from './test-stack.ts';

const stack = new TestStack({ scale: { 'turn-worker': 2 }, env: { SURFACES_AGENT_IDLE_TIMEOUT: '4s' } });
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end(), 60_000);

/** Whether a message names a room; in a link its id is encoded. */
const links = (message: Message, room: string) =>
  [room, encodeURIComponent(room)].some((name) => newest(message).content.body?.includes(name));
const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index + 1}`).join(' ');

describe('an invitation', () => {
  test('brings a Space, a room in it, and a hello', async () => {
    const { person, home } = await stack.atHome();
    const space = stateOf(person.room(home.space), 'dev.surfaces.room');
    const room = stateOf(person.room(home.room), 'dev.surfaces.room');
    expect(space).toMatchObject({
      sender: stack.bot,
      content: { kind: 'space', owner: person.userId, state: 'active' },
    });
    expect(room).toMatchObject({ sender: stack.bot, content: { kind: 'chat', owner: person.userId, state: 'active' } });
    expect(room?.content.session_id).toMatch(/.+/);
    await person.until('the room to be in the Space', () => {
      const via = stateOf(person.room(home.space), 'm.space.child', home.room)?.content.via;
      return Array.isArray(via) && via.length > 0;
    });
    const hello = await person.until('a hello', () =>
      messagesOf(person.room(home.room)).find((message) => message.sender === stack.bot),
    );
    expect(surfacesOf(hello).kind).toBe('notice');
    await person.until('the DM to say where the Space is', () =>
      messagesOf(person.room(home.dm)).find((message) => links(message, home.space)),
    );
  });

  test('the second one finds what is there', async () => {
    const { person, home } = await stack.atHome();
    const again = await inviteBot(person, stack.bot);
    expect([again.space, again.room]).toEqual([home.space, home.room]);
    await person.until('a word in the second DM', () =>
      messagesOf(person.room(again.dm)).some((message) => message.sender === stack.bot),
    );
    expect(roomsOfKind(person, stack.bot, 'space')).toHaveLength(1);
    expect(person.invitations.size).toBe(0);
  });

  test('two at once make one Space', async () => {
    const person = await stack.person();
    const dms = await Promise.all([person.startDm(stack.bot), person.startDm(stack.bot)]);
    for (const dm of dms) {
      await person.until('the bot to speak in both DMs', () =>
        messagesOf(person.room(dm)).some((message) => message.sender === stack.bot),
      );
    }
    const home = await inviteBot(person, stack.bot);
    expect(person.invitations.size).toBe(0);
    expect(roomsOfKind(person, stack.bot, 'space').map((space) => space.roomId)).toEqual([home.space]);
  });
});

describe('an answer', () => {
  test('grows in one message and ends as text that mentions who asked', async () => {
    const ann = await stack.atHome();
    const answer = await ann.ask('demo words=100 pace=20 first=200');
    expect(answer).toMatchObject({ text: words(100), state: 'done' });
    expect(answer.edits).toBeGreaterThanOrEqual(2);
    expect(answer.edits).toBeLessThanOrEqual(30);
    for (const version of answer.parts[0]!.versions) expect(version.content.body).toMatch(/^word1 ?/);
    expect(ann.breaches()).toEqual([]);
  });

  test('has valid HTML in each of its versions', async () => {
    const ann = await stack.atHome();
    const answer = await ann.ask('demo markdown');
    const versions = answer.parts.flatMap((part) => part.versions);
    for (const { content } of versions) expect(checkHtml(content.formatted_body ?? '')).toEqual([]);
    expect(versions.at(-1)?.content.formatted_body).toContain('<table>');
    expect(ann.breaches()).toEqual([]);
  });

  test('repeats markers first thing', async () => {
    const ann = await stack.atHome();
    expect((await ann.ask('demo words=3 pace=1 [[here]]')).text).toBe('[[here]] word1 word2 word3');
    const plain = await ann.ask('What is this [[there]]?');
    expect(plain.text).toMatch(/^\[\[there\]\] /);
    expect(plain.text).toContain('This is message 2 of our conversation.');
  });

  test.each(['', ' script=ru'])('that is long rolls over without losing a letter%s', async (script) => {
    const ann = await stack.atHome();
    const answer = await ann.ask(`demo many=50 size=2000${script}`, 120_000);
    const paragraphs = answer.text.split('\n\n');
    expect(answer.parts.length).toBeGreaterThan(3);
    expect(paragraphs).toHaveLength(50);
    for (const [index, paragraph] of paragraphs.entries()) {
      expect([...paragraph]).toHaveLength(2000);
      expect(paragraph.startsWith(`¶${index + 1} `) && paragraph.endsWith(` end ${index + 1}`)).toBe(true);
    }
    expect(ann.breaches()).toEqual([]);
  });

  test('of any length keeps to the cap on edits', async () => {
    const ann = await stack.atHome();
    const answer = await ann.ask('demo words=1500 pace=10');
    expect(answer.text).toBe(words(1500));
    expect(ann.breaches()).toEqual([]);
  });
});

describe('an agent that fails', () => {
  test.each([
    ['demo error', 'agent_error'],
    ['demo crash', 'agent_crashed'],
    ['demo hang', 'agent_timeout'],
  ])('%s gives one final %s, and the room goes on', async (text, code) => {
    const ann = await stack.atHome();
    const answer = await ann.ask(text);
    expect(answer).toMatchObject({ state: 'failed', code });
    const before = answer.parts[0]!.versions.filter((one) => one.content['dev.surfaces']?.state === 'streaming').at(-1);
    expect(answer.text.length).toBeGreaterThan((before?.content.body ?? '').length);
    expect((await ann.ask('demo words=2 pace=1')).text).toBe('word1 word2');
    expect(ann.breaches()).toEqual([]);
  });
});

describe('a room', () => {
  test('answers twenty quick messages in order', async () => {
    const ann = await stack.atHome();
    const asked = [];
    for (let index = 1; index <= 20; index++) asked.push(await ann.say(`demo words=2 pace=5 [[m${index}]]`));
    for (const [index, question] of asked.entries()) {
      expect((await ann.untilAnswered(question)).text).toBe(`[[m${index + 1}]] word1 word2`);
    }
    expect(ann.breaches()).toEqual([]);
  });

  test('does not wait for another, and knows nothing of it', async () => {
    const [ann, bob] = await Promise.all([stack.atHome('ann'), stack.atHome('bob')]);
    await ann.ask('demo remember the blue door');
    const long = await ann.say('demo words=200 pace=25');
    await ann.untilShows(long, 'word1');
    const recalled = await bob.ask('demo recall');
    expect(recalled.state).toBe('done');
    expect(recalled.text).not.toContain('blue door');
    expect(ann.answer(long).state).toBe('streaming');
    expect((await ann.untilAnswered(long)).text).toBe(words(200));
    expect((await ann.ask('demo recall')).text).toContain('blue door');
  });

  test('takes a question as edited before its turn, and drops one that was redacted', async () => {
    const ann = await stack.atHome();
    const { person, home } = ann;
    const running = await ann.say('demo words=60 pace=30');
    const edited = await ann.say('demo words=1 pace=1 [[before]]');
    const dropped = await ann.say('demo words=1 pace=1 [[dropped]]');
    await person.send(home.room, 'm.room.message', {
      msgtype: 'm.text',
      body: '* demo words=1 pace=1 [[after]]',
      'm.new_content': { msgtype: 'm.text', body: 'demo words=1 pace=1 [[after]]' },
      'm.relates_to': { rel_type: 'm.replace', event_id: edited },
    });
    await person.redact(home.room, dropped);
    await ann.untilAnswered(running);
    expect((await ann.untilAnswered(edited)).text).toBe('[[after]] word1');
    await ann.ask('demo words=1 pace=1 [[last]]');
    expect(ann.answer(dropped).parts).toHaveLength(0);
    expect(ann.breaches({ unanswered: new Set([dropped]) })).toEqual([]);
  });
});

describe('a command', () => {
  test('!stop ends the running turn and nothing else', async () => {
    const ann = await stack.atHome();
    const long = await ann.say('demo words=400 pace=30');
    const next = await ann.say('demo words=2 pace=1');
    await ann.untilShows(long, 'word2');
    const stop = await ann.say('!stop');
    const stopped = await ann.untilAnswered(long);
    expect(stopped.state).toBe('stopped');
    expect(stopped.text).not.toContain('word400');
    expect((await ann.untilAnswered(next)).state).toBe('done');
    expect(await replyTo(ann.person, ann.home.room, stop)).toMatchObject({ kind: 'command' });
    expect(ann.breaches()).toEqual([]);
  });

  test('!stop all drops what waits too', async () => {
    const ann = await stack.atHome();
    const long = await ann.say('demo words=400 pace=30');
    const waiting = [await ann.say('demo words=2'), await ann.say('demo words=2')];
    await ann.untilShows(long, 'word2');
    const stop = await ann.say('!stop all');
    expect((await ann.untilAnswered(long)).state).toBe('stopped');
    const reply = await ann.person.until(
      'the reply',
      () => repliesTo(ann.person.room(ann.home.room), stack.bot, stop)[0],
    );
    expect(newest(reply).content.body).toContain('2');
    expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    expect(ann.breaches({ unanswered: new Set(waiting) })).toEqual([]);
  });

  test.each([
    ['!help', undefined],
    ['!stop', 'nothing_waiting'],
    ['!nosuchthing', 'unknown_command'],
  ])('%s is replied to, with the code %s', async (text, code) => {
    const ann = await stack.atHome();
    const reply = await replyTo(ann.person, ann.home.room, await ann.say(text));
    expect(reply.kind).toBe('command');
    expect(reply.code).toBe(code);
  });

  test('plain text in the DM gets a notice that links the room', async () => {
    const ann = await stack.atHome();
    const { eventId } = await ann.person.say(ann.home.dm, 'hello?');
    expect(await replyTo(ann.person, ann.home.dm, eventId)).toMatchObject({ kind: 'notice', code: 'use_room' });
    const notice = repliesTo(ann.person.room(ann.home.dm), stack.bot, eventId)[0]!;
    expect(links(notice, ann.home.room)).toBe(true);
  });
});

async function replyTo(person: Awaited<ReturnType<typeof stack.person>>, room: string, eventId: string) {
  return surfacesOf(
    await person.until(`a reply to ${eventId}`, () => repliesTo(person.room(room), stack.bot, eventId)[0]),
  );
}
