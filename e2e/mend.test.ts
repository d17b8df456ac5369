import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surfacesOf } from '../services/cli/demo/person/answers.ts';
import type { ClientApi } from '../services/cli/demo/person/client-api.ts';
import { inviteBot } from '../services/cli/demo/person/onboarding.ts';
import { messagesOf, newest } from '../services/cli/demo/person/room-history.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

const stack = new TestStack({ env: { SURFACES_LIMIT_ROOMS: '2' } });
/** With the bot’s own hands, as an operator with its token has them. */
let bot: ClientApi;
beforeAll(async () => {
  await stack.up();
  bot = stack.asBot();
}, 240_000);
afterAll(() => stack.end(), 60_000);

const pathOf = (room: string, ...rest: string[]) =>
  `/_matrix/client/v3/rooms/${[room, ...rest].map(encodeURIComponent).join('/')}`;
const stateBy = <Content>(who: ClientApi, room: string, type: string, key = '') =>
  who<Content>('GET', pathOf(room, 'state', type, key));
const put = (room: string, type: string, content: object, key = '') =>
  bot('PUT', pathOf(room, 'state', type, key), content);
const create = async (who: ClientApi, body: object) =>
  (await who<{ room_id: string }>('POST', '/_matrix/client/v3/createRoom', { room_version: '11', ...body })).room_id;
const isIn = async (room: string) =>
  (await bot<{ joined_rooms: string[] }>('GET', '/_matrix/client/v3/joined_rooms')).joined_rooms.includes(room);
const link = { via: ['surfaces.localhost'], suggested: false };
async function isLinked(space: string, room: string): Promise<boolean> {
  return stateBy<{ via?: string[] }>(bot, space, 'm.space.child', room).then(
    ({ via }) => via !== undefined,
    () => false,
  );
}

/** Who may do what: the owner as much as the bot, or more. */
async function levels(
  room: string,
  { ann, self }: { ann: number; self: number },
  person: string,
  by = bot,
): Promise<void> {
  const now = await stateBy<object>(bot, room, 'm.room.power_levels').catch(() =>
    stateBy<object>(by, room, 'm.room.power_levels'),
  );
  const users = { [stack.bot]: self, [person]: ann };
  await by('PUT', pathOf(room, 'state', 'm.room.power_levels', ''), { ...now, users });
}

/** The owner puts the bot out of a room; it has its power again when it is let in. */
async function kick({ person }: Resident, room: string): Promise<void> {
  await levels(room, { ann: 100, self: 99 }, person.userId);
  await person.api('POST', pathOf(room, 'kick'), { user_id: stack.bot });
  await levels(room, { ann: 100, self: 100 }, person.userId, person.api);
}

/** What the bot says of its own accord that matches. */
function notices({ person }: Resident, room: string, matching: RegExp): string[] {
  return messagesOf(person.room(room)).flatMap((message) => {
    const { body = '' } = newest(message).content;
    return message.sender === stack.bot && surfacesOf(message).kind === 'notice' && matching.test(body) ? [body] : [];
  });
}

async function newRoom(ann: Resident, name: string): Promise<string> {
  const { text } = await ann.command(`!new ${name}`, ann.home.dm);
  const room = decodeURIComponent(/matrix\.to\/#\/([^?)\s]+)/.exec(text)![1]!);
  await ann.person.until(`an invitation to ${room}`, () => ann.person.invitations.has(room));
  await ann.person.join(room);
  return room;
}

/** A whole comparison; the mends that come of it are in their lanes when it returns. */
async function reconcile(): Promise<string> {
  const { code, output } = await stack.surfaces('reconcile');
  if (code !== 0) throw new Error(`reconcile ended with ${code}:\n${output}`);
  return output;
}
async function nothingIsLeft(): Promise<void> {
  let said = '';
  await untilTrue('nothing to be left to do', async () => {
    const { code, output } = await stack.surfaces('reconcile', '--dry-run');
    said = output;
    return code === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${said}`);
  });
}
async function killed(): Promise<void> {
  await stack.untilBack('command-worker', stack.kill('command-worker'));
}

describe('a room that the bot was removed from', () => {
  test('is told of once, kept, and goes on with its memory when the bot is let in again', async () => {
    const ann = await stack.atHome();
    const { dm, space, room } = ann.home;
    await ann.command('!rename Holiday plans');
    await ann.ask('demo remember the tickets');
    const second = await newRoom(ann, 'Second');
    expect((await ann.command('!new Third', dm)).surfaces.code).toBe('too_many_rooms');

    await kick(ann, room);
    const gone = /Holiday plans.* is not there any more for me/;
    const { eventId } = await ann.person.say(dm, 'Are you there?');
    await untilTrue('another room to be offered', async () => {
      const { eventId: event } = await ann.person.say(dm, 'And now?');
      const { text } = await ann.untilReplied(event, dm);
      return text.includes(encodeURIComponent(second)) && !text.includes(encodeURIComponent(room));
    });
    expect((await ann.untilReplied(eventId, dm)).surfaces.code).toBe('use_room');
    expect((await ann.command('!rooms', dm)).text).not.toContain('Holiday plans');
    await ann.person.until('to be told', () => notices(ann, dm, gone).length > 0);
    await ann.command('!rooms', second);
    await ann.command('!rooms', dm);
    expect([...notices(ann, dm, gone), ...notices(ann, second, gone)]).toHaveLength(1);
    // It does not count, either.
    await newRoom(ann, 'Third');
    await nothingIsLeft();

    await put(space, 'm.space.child', {}, room);
    await ann.person.invite(room, stack.bot);
    await ann.person.until('the bot to be back', () => notices(ann, room, /I am back/).length > 0);
    expect(await isLinked(space, room)).toBe(true);
    expect((await ann.ask('demo recall')).text).toContain('the tickets');
    expect((await ann.command('!rooms', dm)).text).toContain('Holiday plans');
    await nothingIsLeft();

    // Another time is told of again, and by reconciliation as well.
    await bot('POST', pathOf(room, 'leave'), {});
    await reconcile();
    await ann.command('!rooms', dm);
    await ann.person.until('to be told again', () => notices(ann, dm, gone).length === 2);
  }, 120_000);

  test('and was the only one: who invites the bot again gets another one, once', async () => {
    const ann = await stack.atHome();
    await kick(ann, ann.home.room);
    await untilTrue('it to be known', async () => (await ann.command('!rooms', ann.home.dm)).text.includes('`!new`'));
    await ann.person.leave(ann.home.room);
    const dms = [await ann.person.startDm(stack.bot), await ann.person.startDm(stack.bot)];
    await killed();
    const { space, room } = await inviteBot(ann.person, stack.bot, undefined, 60_000);
    expect([space === ann.home.space, room === ann.home.room]).toEqual([true, false]);
    await ann.person.until('its hello', () => notices(ann, room, /Just write/).length === 1);
    for (const dm of dms) await ann.person.until('a word there', () => notices(ann, dm, /Welcome back/).length === 1);
    expect(ann.person.invitations.size).toBe(0);
    expect((await ann.command('!rooms', dms[0])).text.match(/^\d+\. /gm)).toHaveLength(1);
    await nothingIsLeft();
  }, 120_000);

  test('stops what runs in it', async () => {
    const ann = await stack.atHome();
    await ann.untilShows(await ann.say('demo words=2000 pace=50'), 'word3');
    await kick(ann, ann.home.room);
    await untilTrue('nothing to run any more', async () => {
      const { output } = await stack.surfaces('lane', ann.home.room, '--json');
      return !/"running": true/.test(output);
    });
  });
});

describe('a Space', () => {
  test('that the bot was removed from is followed by another one, with every room in it', async () => {
    const ann = await stack.atHome();
    const { space, room } = ann.home;
    await kick(ann, space);
    await untilTrue('it to be known', async () => (await stack.surfaces('reconcile', '--dry-run')).code === 0);
    const { eventId } = await ann.person.say(ann.home.dm, '!new Second');
    await killed();
    await ann.untilReplied(eventId, ann.home.dm, 60_000);
    const invited = () => [...ann.person.invitations.values()].find(({ isSpace }) => isSpace);
    const { roomId } = await ann.person.until('an invitation to a new Space', invited);
    expect(await isLinked(roomId, room)).toBe(true);
    await nothingIsLeft();
  }, 120_000);

  test('into which the bot is let again is the person’s again', async () => {
    const ann = await stack.atHome();
    const { space, room, dm } = ann.home;
    await kick(ann, space);
    await reconcile();
    await ann.person.api('PUT', pathOf(space, 'state', 'm.space.child', room), {});
    await ann.person.invite(space, stack.bot);
    await untilTrue('the room to be in it again', () => isLinked(space, room));
    const second = await newRoom(ann, 'Second');
    expect(await isLinked(space, second)).toBe(true);
    await nothingIsLeft();
    expect(notices(ann, dm, /Welcome back|not there any more/)).toEqual([]);
  }, 120_000);

  test('that was made twice: the one with the rooms stays, the other one is left, and that is told once', async () => {
    const ann = await stack.atHome();
    const { space, room, dm } = ann.home;
    const state = { kind: 'space', owner: ann.person.userId, state: 'active', op: `twice-${Date.now()}` };
    const second = await create(bot, {
      creation_content: { type: 'm.space' },
      initial_state: [{ type: 'dev.surfaces.room', state_key: '', content: state }],
    });
    await put(second, 'm.space.child', link, room);
    await reconcile();
    await killed();
    await untilTrue('the second one to be left', async () => !(await isIn(second)), 60_000);
    await nothingIsLeft();
    expect([await isIn(space), await isLinked(space, room)]).toEqual([true, true]);
    await ann.person.until('to be told', () => notices(ann, dm, /two Spaces/).length > 0);
    await reconcile();
    expect(notices(ann, dm, /two Spaces/)).toHaveLength(1);
    expect(ann.person.invitations.size).toBe(0);
  }, 120_000);
});

describe('a room that is half made', () => {
  test('gets its place and its invitation, or what it is, also over a kill', async () => {
    const ann = await stack.atHome();
    const { space } = ann.home;
    const state = {
      kind: 'chat',
      owner: ann.person.userId,
      state: 'active',
      op: `half-${Date.now()}`,
      session_id: `half-${Date.now()}`,
    };
    const unlinked = await create(bot, {
      preset: 'private_chat',
      name: 'Half',
      initial_state: [{ type: 'dev.surfaces.room', state_key: '', content: state }],
    });
    const unnamed = await create(bot, { preset: 'private_chat' });
    await put(space, 'm.space.child', link, unnamed);
    await reconcile();
    await killed();
    for (const room of [unlinked, unnamed]) {
      await ann.person.until(`an invitation to ${room}`, () => ann.person.invitations.has(room), 60_000);
      expect(ann.person.invitations.get(room)!.name).toBe(room === unlinked ? 'Half' : 'New conversation');
      await ann.person.join(room);
      await untilTrue('it to be in the Space', () => isLinked(space, room));
      const { eventId } = await ann.person.say(room, 'demo words=2 pace=1');
      const isAnswered = () =>
        messagesOf(ann.person.room(room)).some(
          (message) => surfacesOf(message).in_response_to === eventId && surfacesOf(message).state === 'done',
        );
      await ann.person.until('an answer there', isAnswered);
    }
    await nothingIsLeft();
  }, 120_000);
});

describe('a room that was replaced', () => {
  test('by one in which the bot may not speak: its owner is told, and it goes on when the bot is let in', async () => {
    const ann = await stack.atHome();
    const { room, dm, space } = ann.home;
    await ann.ask('demo remember the keys');
    const successor = await create(ann.person.api, {
      preset: 'private_chat',
      creation_content: { predecessor: { room_id: room, event_id: '$last' } },
    });
    await levels(room, { ann: 100, self: 100 }, ann.person.userId);
    const tombstone = { body: 'Replaced', replacement_room: successor };
    await ann.person.api('PUT', pathOf(room, 'state', 'm.room.tombstone', ''), tombstone);
    await ann.person.until('to be told', () => notices(ann, dm, /was replaced by .*I may not speak/).length > 0);
    await nothingIsLeft();

    // Let in, it says what it lacks; with that, it goes on.
    await ann.person.invite(successor, stack.bot);
    await ann.person.until('what it lacks', () => notices(ann, successor, /Roles & permissions/).length > 0);
    await levels(successor, { ann: 100, self: 100 }, ann.person.userId, ann.person.api);
    await reconcile();
    await untilTrue(
      'it to be in the Space',
      async () => (await isLinked(space, successor)) && !(await isLinked(space, room)),
    );
    await nothingIsLeft();
    const { eventId } = await ann.person.say(successor, 'demo recall');
    const answer = await ann.person.until('an answer there', () =>
      messagesOf(ann.person.room(successor)).find(
        (message) => surfacesOf(message).in_response_to === eventId && surfacesOf(message).state === 'done',
      ),
    );
    expect(newest(answer).content.body).toContain('the keys');
    expect(notices(ann, dm, /was replaced by|not there any more/)).toHaveLength(1);
  }, 120_000);
});

test('power that the bot lacks: its owner is told once, what and how', async () => {
  const ann = await stack.atHome();
  const { room } = ann.home;
  await ann.command('!language ru');
  await levels(room, { ann: 100, self: 99 }, ann.person.userId);
  for (let times = 0; times < 2; times += 1) {
    await reconcile();
    await nothingIsLeft();
  }
  expect(notices(ann, room, /Роли и права.*100/)).toHaveLength(1);
  expect((await ann.ask('demo words=1 pace=1')).text).toBe('word1');
  await levels(room, { ann: 50, self: 100 }, ann.person.userId, ann.person.api);
  await nothingIsLeft();
}, 120_000);
