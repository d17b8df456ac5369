import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surfacesOf } from '../services/cli/demo/person/answers.ts';
import { messagesOf, newest, stateOf } from '../services/cli/demo/person/room-history.ts';
import { linkedRoom } from './linked-room.ts';
import { type Reply, type Resident, TestStack } from './test-stack.ts';

const stack = new TestStack({
  env: { SURFACES_LIMIT_ROOMS: '3', SURFACES_CONFIRM_TTL: '45s', SURFACES_LIST_TTL: '20s' },
});
beforeAll(() => stack.up(), 240_000);
afterAll(() => stack.end(), 60_000);

/** The room that a reply links to. */
const linked = (reply: Reply) => linkedRoom(reply.text);
const isLinked = (ann: Resident, room: string) => {
  const via = stateOf(ann.person.room(ann.home.space), 'm.space.child', room)?.content.via;
  return Array.isArray(via) && via.length > 0;
};
const nameIn = (ann: Resident, room: string) => stateOf(ann.person.room(room), 'm.room.name')?.content.name;
const stateIn = (ann: Resident, room: string) => stateOf(ann.person.room(room), 'dev.surfaces.room')?.content;

async function newRoom(ann: Resident, command: string, from?: string): Promise<string> {
  const room = linked(await ann.command(command, from));
  await ann.person.until(`an invitation to ${room}`, () => ann.person.invitations.has(room));
  await ann.person.join(room);
  await ann.person.until(`${room} to be seen`, () => stateIn(ann, room));
  return room;
}

/** Asks in any room, not only in the first. */
async function askIn(ann: Resident, room: string, text: string): Promise<string> {
  const { eventId } = await ann.person.say(room, text);
  const answer = () =>
    messagesOf(ann.person.room(room)).find(
      (message) => surfacesOf(message).in_response_to === eventId && surfacesOf(message).state === 'done',
    );
  return newest(await ann.person.until(`the answer to ${text}`, answer)).content.body ?? '';
}

describe('!new', () => {
  test('opens a room with a session of its own, in the Space, and links to it', async () => {
    const ann = await stack.atHome();
    await ann.ask('demo remember the first room');
    const room = await newRoom(ann, '!new Holiday plans');
    expect(nameIn(ann, room)).toBe('Holiday plans');
    expect(stateIn(ann, room)).toMatchObject({ kind: 'chat', owner: ann.person.userId, state: 'active' });
    expect(stateIn(ann, room)!.session_id).not.toBe(stateIn(ann, ann.home.room)!.session_id);
    expect(stateOf(ann.person.room(room), 'm.space.parent', ann.home.space)?.content.canonical).toBe(true);
    await ann.person.until('the room to be in the Space', () => isLinked(ann, room));
    expect(await askIn(ann, room, 'demo recall')).not.toContain('the first room');
  });

  test('works in the DM, in Russian, and has a limit', async () => {
    const ann = await stack.atHome();
    const second = await newRoom(ann, '!новая Планы', ann.home.dm);
    expect(nameIn(ann, second)).toBe('Планы');
    await newRoom(ann, '! NEW');
    const refused = await ann.command('!new one more');
    expect(refused.surfaces.code).toBe('too_many_rooms');
    expect(refused.text).toContain('3');
    expect((await ann.command(`!new ${'x'.repeat(200)}`)).text).not.toContain('matrix.to');
  });

  test('makes one room, wherever its worker is killed', async () => {
    for (const ms of [20, 80, 160]) {
      const ann = await stack.atHome();
      const { eventId } = await ann.person.say(ann.home.room, '!new Only one');
      await new Promise((resolve) => setTimeout(resolve, ms));
      await stack.untilBack('command-worker', stack.kill('command-worker'));
      const room = linked(await ann.untilReplied(eventId, undefined, 60_000));
      await ann.person.until('the invitation', () => ann.person.invitations.has(room));
      await ann.person.until('the link', () => isLinked(ann, room));
      expect([...ann.person.invitations.keys()]).toEqual([room]);
      const lines = (await ann.command('!rooms')).text.match(/^\d+\. /gm);
      expect(lines).toHaveLength(2);
    }
  }, 120_000);
});

describe('the name of a room', () => {
  test('is its first question, until a person names it', async () => {
    const ann = await stack.atHome();
    const room = ann.home.room;
    await ann.ask('**What** is the capital of France, and how many people live there?');
    await ann.person.until(
      'the room to be named',
      () => nameIn(ann, room) === 'What is the capital of France, and how…',
    );
    await ann.ask('And of Spain?');
    expect((await ann.command('!rename  Capitals ')).surfaces.code).toBeUndefined();
    await ann.person.until('the new name', () => nameIn(ann, room) === 'Capitals');
    await ann.ask('And of Italy?');
    expect(nameIn(ann, room)).toBe('Capitals');
    expect((await ann.command('!rename')).surfaces.code).toBe('missing_argument');
    expect((await ann.command(`!rename ${'y'.repeat(101)}`)).text).toContain('100');
    expect((await ann.command('!rooms')).text).toContain('Capitals');
  });

  test('is taken over where it was given in a client', async () => {
    const ann = await stack.atHome();
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(ann.home.room)}/state/m.room.name/`;
    await ann.person.api('PUT', path, { name: 'By hand' });
    await ann.ask('demo words=1 pace=1');
    expect((await ann.command('!rooms')).text).toContain('By hand');
    expect(nameIn(ann, ann.home.room)).toBe('By hand');
  });
});

describe('!archive and !restore', () => {
  test('put a conversation away and bring it back with its context', async () => {
    const ann = await stack.atHome();
    const room = ann.home.room;
    await ann.ask('demo remember the milk');
    const question = await ann.command('!archive');
    expect(question.surfaces).toMatchObject({ kind: 'command', ask: expect.any(String) });
    expect(stateIn(ann, room)!.state).toBe('active');
    const done = await ann.command('!yes');
    expect(done.surfaces.code).toBeUndefined();
    await ann.person.until('our state to say so', () => stateIn(ann, room)!.state === 'archived');
    await ann.person.until('the Space to be without it', () => !isLinked(ann, room));
    const refused = await ann.untilReplied(await ann.say('Are you there?'));
    expect(refused.surfaces).toMatchObject({ kind: 'notice', code: 'archived' });
    expect((await ann.command('!reset')).surfaces.code).toBe('archived');
    expect((await ann.command('!help')).surfaces.code).toBeUndefined();
    expect(stateOf(ann.person.room(room), 'm.room.tombstone')).toBeUndefined();

    await ann.command('!restore');
    await ann.person.until('it to be active', () => stateIn(ann, room)!.state === 'active' && isLinked(ann, room));
    expect((await ann.ask('demo recall')).text).toContain('the milk');
  });

  test('from another room: by name, by number, and by a bare number', async () => {
    const ann = await stack.atHome();
    const room = await newRoom(ann, '!new Attic');
    for (const restore of ['!restore attic', '!restore 1', '1']) {
      await ann.command('!archive', room);
      await ann.command('!yes', room);
      await ann.person.until('it to be archived', () => stateIn(ann, room)!.state === 'archived');
      if (restore === '1') expect((await ann.command('!restore')).text).toMatch(/1\. .*Attic/);
      expect(linked(await ann.command(restore))).toBe(room);
      await ann.person.until('it to be active', () => stateIn(ann, room)!.state === 'active');
    }
    expect((await ann.command('!restore nothing such')).surfaces.code).toBe('nothing_waiting');
  });

  test('are done once, wherever the worker is killed', async () => {
    for (const ms of [10, 60, 120]) {
      const ann = await stack.atHome();
      const room = ann.home.room;
      for (const [command, state] of [
        ['!archive', 'archived'],
        ['!restore', 'active'],
      ] as const) {
        if (command === '!archive') await ann.command('!archive');
        const { eventId } = await ann.person.say(room, command === '!archive' ? '!yes' : command);
        await new Promise((resolve) => setTimeout(resolve, ms));
        await stack.untilBack('command-worker', stack.kill('command-worker'));
        // A worker that was killed often is started again later each time, up to half a minute.
        const { surfaces } = await ann.untilReplied(eventId, room, 60_000);
        if (command === '!archive') expect(surfaces.code).toBeUndefined();
        await ann.person.until(`it to be ${state}`, () => stateIn(ann, room)!.state === state, 60_000);
        await ann.person.until('the link to say the same', () => isLinked(ann, room) === (state === 'active'));
      }
      expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
    }
  }, 240_000);

  test('!no, and nobody’s answer, leave everything as it is', async () => {
    const ann = await stack.atHome();
    await ann.command('!archive');
    expect((await ann.command('!no')).surfaces.code).toBeUndefined();
    expect(await ann.untilSettled('archive')).toBe('rejected');
    const late = await ann.command('!archive');
    await ann.person.until(
      'the question to expire',
      () => ann.question('archive')!.surfaces.outcome === 'expired',
      57_000,
    );
    expect(late.surfaces.ask).toBeDefined();
    expect((await ann.command('!yes')).surfaces.code).toBe('nothing_waiting');
    expect(stateIn(ann, ann.home.room)!.state).toBe('active');
  }, 150_000);
});

describe('!rooms', () => {
  test('lists them by number, and a number gives the link', async () => {
    const ann = await stack.atHome();
    const room = await newRoom(ann, '!new Second');
    await askIn(ann, room, 'demo words=1 pace=1');
    const list = await ann.command('!комнаты');
    expect(list.text).toMatch(/1\. .*Second/);
    expect(list.text).toMatch(/Вы|ваши|вы здесь/i);
    expect(linked(await ann.command('1'))).toBe(room);
    expect((await ann.command('9')).text).toContain('2');
    // Any other message closes it, and then a number is a message like any other.
    await ann.ask('demo words=1 pace=1');
    expect((await ann.ask('1')).text).toContain('This is message');
  });
});
