import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventId, opId, type RoomId } from '../ids/ids.ts';
import { ourEvents } from '../matrix/our-events.ts';
import type { Sender } from '../matrix/sends.ts';
import { HOMESERVER, newPerson, roomOf, senderOf, type TestPerson } from '../matrix/test-people.ts';
import type { Utterance } from '../surface/port.ts';
import { sayInMatrix } from './matrix-chat.ts';

const YOUNG_MS = 60_000;
/** Longer than a homeserver is trusted to know a transaction again. */
const OLD_MS = 30 * 3_600_000;

describe.skipIf(!HOMESERVER)('what an old record says that it is to be said', () => {
  let bot: TestPerson;
  let sender: Sender;
  let room: RoomId;
  beforeAll(async () => {
    bot = await newPerson('bot', { bot: true });
    sender = senderOf(bot.http);
    room = await roomOf(bot);
  });
  afterAll(async () => {
    await sender.close();
    await bot.http.close();
  });

  const answer = (state: 'streaming' | 'done', word: string) =>
    ({ type: 'answer', op: opId('test', word), text: word, state, part: 1, last: true }) as const;
  /** `key` gives it a transaction of its own, as one is to a homeserver that has forgotten the first. */
  const say = (utterance: Omit<Utterance, 'chat'>, ageMs: number) =>
    sayInMatrix({ chat: room, ...utterance }, { ageMs }, { sender, http: bot.http, self: bot.userId, maxEdits: 25 });
  async function saidSoFar(): Promise<number> {
    let count = 0;
    for await (const event of ourEvents(bot.http, room, { self: bot.userId, sinceMs: 0 }))
      if ((event as { type: string }).type === 'm.room.message') count++;
    return count;
  }
  async function drafted(word: string): Promise<EventId> {
    const message = await say({ say: answer('streaming', word), key: 'open' }, 0);
    await say({ say: answer('streaming', word), replaces: message, key: 'edit' }, 0);
    return message;
  }

  test('is not said again where it stands in the room: the end of an answer', async () => {
    const message = await drafted('ended');
    const end = { say: answer('done', 'ended'), replaces: message };
    const ended = await say(end, YOUNG_MS);
    const before = await saidSoFar();
    expect(await say({ ...end, key: 'forgotten' }, OLD_MS)).toBe(ended);
    expect(await saidSoFar()).toBe(before);
  });

  test('is said where only drafts of it stand there', async () => {
    const message = await drafted('unended');
    const before = await saidSoFar();
    await say({ say: answer('done', 'unended'), replaces: message, key: 'final' }, OLD_MS);
    expect(await saidSoFar()).toBe(before + 1);
  });

  test('is not said again where it stands in the room: a message', async () => {
    const notice = { say: { type: 'saying', op: opId('test', 'notice'), kind: 'notice', text: 'Noticed.' } } as const;
    const said = await say(notice, YOUNG_MS);
    const before = await saidSoFar();
    expect(await say({ ...notice, key: 'forgotten' }, OLD_MS)).toBe(said);
    expect(await saidSoFar()).toBe(before);
  });
});
