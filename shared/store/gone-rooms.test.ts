import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoomId, UserId } from '../ids/ids.ts';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { goneToTell, lastGoneSpace } from './gone-rooms.ts';
import { findPerson, putPerson } from './people.ts';
import { markBack, markGone } from './reconciliation.ts';
import { chatsOf, lastChatOf, putRoom, roomToTellIn } from './rooms.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

async function room(owner: UserId, name: string, kind: 'space' | 'chat' | 'dm' = 'chat'): Promise<RoomId> {
  const roomId = `!${name}-${owner.slice(1)}` as RoomId;
  await putRoom(database, { roomId, kind, owner, sessionId: null, state: 'active', name }, null);
  return roomId;
}
const told = async (owner: UserId, key: string, only?: RoomId) =>
  (await goneToTell(database, owner, key, only)).map(({ name }) => name);

test('a room that is gone is told of once, each time that it goes', async () => {
  const ann = '@ann:x' as UserId;
  const plans = await room(ann, 'plans');
  await room(ann, 'kept');
  await room('@bob:x' as UserId, 'bobs');
  expect(await told(ann, '$1')).toEqual([]);
  await markGone(database, [plans]);
  await markGone(database, [await room(ann, 'space', 'space')]);
  expect(await told('@bob:x' as UserId, '$1')).toEqual([]);
  expect(await told(ann, '$2')).toEqual(['plans']);
  // The same event, run again after a crash.
  expect(await told(ann, '$2')).toEqual(['plans']);
  expect(await told(ann, '$3')).toEqual([]);
  await markGone(database, [plans]);
  expect(await told(ann, '$4')).toEqual([]);
  await markBack(database, [plans]);
  await markGone(database, [plans]);
  expect(await told(ann, '$5', plans)).toEqual(['plans']);
  expect(await told(ann, '$6')).toEqual([]);
});

test('of many, ten at a time', async () => {
  const ann = '@many:x' as UserId;
  for (let index = 0; index < 13; index += 1) await markGone(database, [await room(ann, `room${index}`)]);
  const first = await told(ann, '$1');
  expect(first).toHaveLength(10);
  expect(await told(ann, '$1')).toEqual(first);
  expect(await told(ann, '$2')).toHaveLength(3);
  expect(await told(ann, '$3')).toEqual([]);
});

test('it is not among the rooms of its owner, and nothing is told there', async () => {
  const ann = '@ann2:x' as UserId;
  const [first, second] = [await room(ann, 'first'), await room(ann, 'second')];
  const dm = await room(ann, 'dm', 'dm');
  expect(await roomToTellIn(database, ann, first)).toBe(dm);
  await markGone(database, [dm]);
  await markGone(database, [second]);
  expect((await chatsOf(database, ann)).map(({ roomId }) => roomId)).toEqual([first]);
  expect((await lastChatOf(database, ann))?.roomId).toBe(first);
  expect(await roomToTellIn(database, ann, second)).toBe(first);
  expect(await roomToTellIn(database, ann, first)).toBeNull();
});

test('a DM or a Space that is gone makes room for another one', async () => {
  const ann = '@ann3:x' as UserId;
  const [dm, other] = [await room(ann, 'dm', 'dm'), await room(ann, 'other', 'dm')];
  await putPerson(database, { userId: ann, dmRoomId: dm });
  await putPerson(database, { userId: ann, dmRoomId: other });
  expect((await findPerson(database, ann))?.dmRoomId).toBe(dm);
  await markGone(database, [dm]);
  await putPerson(database, { userId: ann, dmRoomId: other });
  expect((await findPerson(database, ann))?.dmRoomId).toBe(other);
  expect(await lastGoneSpace(database, ann)).toBeNull();
  const space = await room(ann, 'space', 'space');
  await markGone(database, [space]);
  expect(await lastGoneSpace(database, ann)).toBe(space);
});
