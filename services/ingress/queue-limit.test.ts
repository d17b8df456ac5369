import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asEventId, asRoomId, asUserId, laneOf, type UserId } from '../../shared/ids/ids.ts';
import { intake } from '../../shared/lane/intake.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import { putFlood } from '../../shared/store/floods.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { addGuest } from '../../shared/store/guests.ts';
import { putRoom } from '../../shared/store/rooms.ts';
import { NOTHING, type PageContents } from './page-contents.ts';
import { QueueLimit } from './queue-limit.ts';

const ADA = asUserId('@ada:example.org');
const BOB = asUserId('@bob:example.org');
const A = asRoomId('!a:example.org');
const B = asRoomId('!b:example.org');

describe.skipIf(!process.env.DATABASE_URL)('the limit of what waits', () => {
  let database: FreshDatabase;
  let token: string;
  beforeEach(async () => {
    database = await freshDatabase(2);
    token = '';
    for (const roomId of [A, B])
      await putRoom(database, { roomId, kind: 'chat', owner: ADA, sessionId: null, state: 'active', name: null }, null);
  });
  afterEach(() => database.drop());

  const limited = (queued: number) => new QueueLimit({ queued, weights: [] } as unknown as Limits, database);
  const message = (event: string, room = A, sender: UserId = ADA): PageContents['items'][number] => ({
    key: `$${event}`,
    lane: laneOf.room(room),
    queue: 'turns',
    body: { type: 'message', sender, room, event: `$${event}`, text: event },
  });
  /** Takes a page in as ingress does; says of each of its items whether it was refused, and by which flood. */
  async function take(limit: QueueLimit, items: PageContents['items']): Promise<string[]> {
    const limitedPage = await limit.apply({ ...NOTHING, items });
    const to = `${token}.`;
    await intake(database.run, { source: 's', from: token, to, items: limitedPage.items });
    token = to;
    return limitedPage.items.map(({ lane, queue }) => (queue === 'commands' ? lane.split('/')[2]! : 'in'));
  }
  const many = (from: number, count: number, room = A) =>
    Array.from({ length: count }, (_, index) => message(String(from + index), room));
  const done = (room: string, seq: number) =>
    database.run({
      name: `test_done_${seq}`,
      text: `INSERT INTO lane (lane_id, done_seq) VALUES ('room/' || '${room}', ${seq})
             ON CONFLICT (lane_id) DO UPDATE SET done_seq = ${seq}`,
    });

  test('one is answered, so many wait, and what is over that is refused by one flood', async () => {
    expect(await take(limited(3), many(1, 7))).toEqual(['in', 'in', 'in', 'in', '$5', '$5', '$5']);
  });

  test('the flood goes on over pages, until the queue is down to half; the next is another one', async () => {
    const limit = limited(4);
    await take(limit, many(1, 5));
    expect(await take(limit, many(6, 2))).toEqual(['$6', '$6']);
    await done(A, 1);
    // Three wait: there is room again, and the flood is not over.
    expect(await take(limit, many(8, 2))).toEqual(['in', '$6']);
    await done(A, 4);
    expect(await take(limit, many(10, 4))).toEqual(['in', 'in', 'in', '$13']);
  });

  test('counts over all rooms of a person, and in each room the first is being answered', async () => {
    const limit = limited(2);
    expect(await take(limit, [...many(1, 2), ...many(3, 2, B), ...many(5, 1)])).toEqual(['in', 'in', 'in', 'in', '$5']);
  });

  test('other people are not touched, and of a room with guests each has what they sent', async () => {
    await addGuest(database, A, BOB);
    const limit = limited(2);
    await take(limit, many(1, 4));
    expect(await take(limit, [message('bob1', A, BOB), message('bob2', A, BOB), message('ada', A)])).toEqual([
      ...['in', 'in', '$4'],
    ]);
  });

  test('an ingress that is new knows what waits, and which flood goes on', async () => {
    await take(limited(2), many(1, 4));
    const lane = laneOf.flood(ADA, asEventId('$4'));
    await putFlood(database, {
      lane,
      person: ADA,
      roomId: A,
      cause: asEventId('$4'),
      eventId: asEventId('$n'),
      said: 1,
    });
    expect(await take(limited(2), many(5, 1))).toEqual(['$4']);
    await done(A, 3);
    expect(await take(limited(2), many(6, 1))).toEqual(['in']);
  });

  test('what the record has already is neither counted nor refused', async () => {
    const limit = limited(3);
    await take(limit, many(1, 4));
    expect(await take(limit, many(1, 5))).toEqual(['in', 'in', 'in', 'in', '$5']);
  });

  test('commands and other items are left alone, and without a limit nothing is asked', async () => {
    const limit = limited(1);
    const command = { ...message('c'), body: { type: 'command', sender: ADA, room: A } };
    expect(await take(limit, [...many(1, 2), command, ...many(3, 1)])).toEqual(['in', 'in', 'in', '$3']);
    const run = () => Promise.reject(new Error('asked'));
    const contents = { ...NOTHING, items: many(10, 5) };
    expect(await new QueueLimit({ queued: 0, weights: [] } as unknown as Limits, { run }).apply(contents)).toBe(
      contents,
    );
  });

  test('while nothing is near the limit the record is asked once', async () => {
    const before = database.statements;
    const limit = limited(100);
    for (let page = 0; page < 10; page++) await limit.apply({ ...NOTHING, items: many(page * 5, 5) });
    // Of a person that was not known: what waits, which of these are known, and whether a flood goes on.
    expect(database.statements - before).toBe(3);
  });
});
