import { expect, test } from 'vitest';
import type { EventId, RoomId, UserId } from '../../../shared/ids/ids.ts';
import type { LaneItem } from '../../../shared/lane/lane.ts';
import type { CommandItem, MessageItem } from '../../../shared/matrix/work-item.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { belongsTo, isFollowed } from './gather.ts';

const file = { url: 'mxc://x/y', name: 'a.txt' };
const head = {
  v: 1,
  room: '!r:x' as RoomId,
  sender: '@ann:x' as UserId,
  event: '$e' as EventId,
  originTs: 10_000,
} as const;
const first: MessageItem = { ...head, receivedTs: 50_000, type: 'message', text: '', mentions: [], file };
const command: CommandItem = { ...head, receivedTs: 50_000, type: 'command', name: 'save', rest: '', text: '!save' };

test.each([
  ['a text soon after it', { text: 'look', file: undefined }, true],
  ['another file', { originTs: 12_000 }, true],
  ['a file sent a little earlier, by a clock that was set back', { originTs: 9_000 }, true],
  ['what is sent later', { originTs: 12_001 }, false],
  ['what is received long after, and was sent soon after, as after an outage', { receivedTs: 90_000 }, true],
  ['what is received with it, and was sent long after', { originTs: 90_000 }, false],
  ['somebody else’s', { sender: '@bob:x' as UserId }, false],
  ['what stands in a thread', { thread: '$t' as EventId }, false],
])('%s', (_, next, belongs) => {
  expect(belongsTo(first, { ...first, ...next } as MessageItem, 2_000)).toBe(belongs);
});

test('a command does not belong to it', () => {
  expect(belongsTo(first, command, 2_000)).toBe(false);
});

/** Nothing comes behind the file, and the run ends for this reason. */
async function endedWith(reason: unknown): Promise<boolean> {
  const ending = new AbortController();
  const run = async () => {
    ending.abort(reason);
    return [];
  };
  const item = { lane: 'room/!r:x', seq: 1 } as LaneItem<MessageItem>;
  const database = { run } as unknown as Database;
  return isFollowed(item, { ...first, receivedTs: Date.now() }, { database, waitMs: 60_000, signal: ending.signal });
}

test('a worker that is stopped leaves the waiting to another one; a person’s stop ends it', async () => {
  const shutdown = { cancel: false, why: 'shutdown' };
  await expect(endedWith(shutdown)).rejects.toBe(shutdown);
  await expect(endedWith({ cancel: true, why: 'stopped' })).resolves.toBe(false);
});

test.each([
  ['has just come in', 0, true],
  ['came in long ago, as after an outage', 5_000, false],
])('by the database’s clock, and by no other: a file that %s', async (_, ageMs, isWaitedFor) => {
  const run = async ({ name }: { name: string }) => (name === 'lane_age_of' ? [{ ageMs }] : []);
  const database = { run } as unknown as Database;
  const item = { lane: 'room/!r:x', seq: 1 } as LaneItem<MessageItem>;
  const began = performance.now();
  const signal = new AbortController().signal;
  expect(
    await isFollowed(item, { ...first, receivedTs: Date.now() - 600_000 }, { database, waitMs: 300, signal }),
  ).toBe(false);
  expect(performance.now() - began > 250).toBe(isWaitedFor);
});
