import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventId, laneOf } from '../../../shared/ids/ids.ts';
import { enqueue } from '../../../shared/lane/enqueue.ts';
import type { LaneItem } from '../../../shared/lane/lane.ts';
import { NotYet } from '../../../shared/lane/not-yet.ts';
import { ourEvents } from '../../../shared/matrix/our-events.ts';
import { decodeOwnEvent } from '../../../shared/matrix/own-event.ts';
import type { Sender } from '../../../shared/matrix/sends.ts';
import { HOMESERVER, newPerson, roomOf, senderOf, type TestPerson } from '../../../shared/matrix/test-people.ts';
import type { MessageItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { refusedInFlood } from './refused-in-flood.ts';

class Killed extends Error {}

describe.skipIf(!HOMESERVER)('the notice of a flood', () => {
  let database: FreshDatabase;
  let bot: TestPerson;
  let sender: Sender;
  beforeAll(async () => {
    database = await freshDatabase();
    bot = await newPerson('bot', { bot: true });
    sender = senderOf(bot.http);
  });
  afterAll(async () => {
    await sender.close();
    await bot.http.close();
    await database.drop();
  });

  /** The record as a worker has it that dies as soon as it has said the notice. */
  const dying = (): Database => ({
    ...database,
    statements: 0,
    run: (statement, values) => {
      if (statement.name === 'flood_put') throw new Killed();
      return database.run(statement, values);
    },
  });

  test('comes to tell of all, also where who wrote it died before that was on record', async () => {
    const room = await roomOf(bot);
    const lane = laneOf.flood(bot.userId, '$first:surfaces.localhost' as EventId);
    const items: LaneItem<WorkItem>[] = [];
    const refuse = async () => {
      const seq = items.length + 1;
      const event = `$refused-${seq}:surfaces.localhost` as EventId;
      const body = { type: 'message', room, event, sender: bot.userId, text: 'and this', mentions: [] };
      const own = { key: event, lane, queue: 'commands', position: seq, body };
      await enqueue(database.run, own);
      items.push({
        ...own,
        seq,
        amended: false,
        original: null,
        receivedAt: Date.now(),
      } as unknown as LaneItem<WorkItem>);
    };
    const tell = (item: LaneItem<WorkItem>, by: Database = database) => {
      const chat = { sender, http: bot.http, self: bot.userId, maxEdits: 25 };
      const { signal } = new AbortController();
      return refusedInFlood(item, item.body as MessageItem, { database: by, signal, ...chat });
    };
    const said = async () => {
      const events: unknown[] = [];
      for await (const event of ourEvents(bot.http, room, { self: bot.userId, sinceMs: 0 })) events.push(event);
      return events.flatMap((event) => decodeOwnEvent(event, bot.userId) ?? []);
    };

    await refuse();
    await expect(tell(items[0]!, dying())).rejects.toThrow(Killed);
    for (let more = 0; more < 4; more++) await refuse();
    expect(await tell(items[0]!)).toEqual([]);
    await expect(tell(items[1]!)).rejects.toThrow(NotYet);
    await new Promise((resolve) => setTimeout(resolve, 2_050));
    for (const item of items.slice(1)) expect(await tell(item)).toEqual([]);

    const [newest, first, ...others] = await said();
    expect(newest).toMatchObject({ target: first!.eventId, kind: 'notice', code: 'queue_full' });
    expect(newest!.text).toContain('5 messages');
    expect(first).toMatchObject({ inResponseTo: items[0]!.key });
    expect(others).toEqual([]);
  });
});
