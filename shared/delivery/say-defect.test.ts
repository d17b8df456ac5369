import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { type EventId, type LaneId, type OpId, opId, type RoomId, type UserId } from '../ids/ids.ts';
import type { LaneItem } from '../lane/lane.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import { createLog } from '../runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../store/fresh-database.ts';
import { recordOpened, reserveLiveMessage } from '../store/live-messages.ts';
import type { AnswerMessage, Utterance } from '../surface/port.ts';
import { MemoryChat } from './memory-chat.ts';
import { sayDefect } from './say-defect.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const lane = 'room/!memory:test' as LaneId;
const roomId = '!memory:test' as RoomId;
const ASKER = '@ann:test' as UserId;
const log = createLog('silent', {});
const lost = new AbortController().signal;

/** A message whose worker has the lane, with so many messages of its answer begun. */
async function begun(parts: number, more: Partial<Record<string, unknown>> = {}) {
  const event = `$${randomUUID()}` as EventId;
  await database.run({
    name: 'test_lane',
    text: `INSERT INTO lane (lane_id, epoch, holder) VALUES ('${lane}', 1, 'w') ON CONFLICT DO NOTHING`,
  });
  const ops = Array.from({ length: parts }, (_, index) => opId('answer', event, index + 1) as OpId);
  for (const [index, op] of ops.entries())
    await reserveLiveMessage(database, { op, roomId, cause: event, part: index + 1, edits: 8, lane, epoch: 1 });
  const body = { type: 'message', room: roomId, event, sender: ASKER, text: 'hello', ...more } as unknown as WorkItem;
  return { item: { key: event, lane, body } as unknown as LaneItem<WorkItem>, ops };
}

async function end(item: LaneItem<WorkItem>, chat: MemoryChat): Promise<void> {
  const sends = await sayDefect(item, new TypeError('a bug'), { database, chat, lost, log });
  for (const { body } of sends) await chat.say(body as Utterance);
}

const last = (chat: MemoryChat, id: string) => chat.messages.get(id)?.history.at(-1) as AnswerMessage;

test('where nothing had begun, the error is the answer', async () => {
  const { item } = await begun(0, { thread: '$thread' });
  const chat = new MemoryChat();
  await end(item, chat);
  expect([...chat.messages.values()].map(({ history }) => history)).toMatchObject([
    [{ type: 'answer', state: 'failed', code: 'internal', last: true, inResponseTo: item.key, thread: '$thread' }],
  ]);
});

test('it takes the place of each message that had begun', async () => {
  const { item, ops } = await begun(2);
  const chat = new MemoryChat();
  for (const [index, op] of ops.entries()) {
    const draft = { op, text: 'so far', state: 'streaming', part: index + 1, last: false } as const;
    await recordOpened(database, op, (await chat.post(op, () => draft, { ageMs: 0 })) as EventId);
  }
  await end(item, chat);
  expect(chat.messages.size).toBe(2);
  expect(last(chat, `$${ops[0]}`)).toMatchObject({ state: 'done', last: false });
  expect(last(chat, `$${ops[1]}`)).toMatchObject({ state: 'failed', code: 'internal', last: true });
});

test('also where its first words went out and nobody learnt under which id', async () => {
  const { item, ops } = await begun(1);
  const chat = new MemoryChat();
  await chat.post(ops[0]!, () => ({ op: ops[0]!, text: 'so far', state: 'streaming', part: 1, last: false }), {
    ageMs: 0,
  });
  await end(item, chat);
  expect([...chat.messages.values()].map(({ history }) => history)).toMatchObject([
    [
      { state: 'streaming', text: 'so far' },
      { state: 'failed', code: 'internal' },
    ],
  ]);
});

test('a homeserver that is away is waited for; one that refuses the draft gets the error all the same', async () => {
  const { item, ops } = await begun(1);
  const chat = new MemoryChat();
  chat.failBefore = new SurfacesError('matrix_unavailable', 'away');
  await expect(end(item, chat)).rejects.toMatchObject({ code: 'matrix_unavailable' });
  chat.failBefore = new SurfacesError('matrix_refused', 'never');
  await end(item, chat);
  expect(last(chat, `$${ops[0]}`)).toMatchObject({ state: 'failed' });
});

test('a command is told in a message of its own', async () => {
  const { item } = await begun(0, { type: 'command' });
  const chat = new MemoryChat();
  await end(item, chat);
  expect([...chat.messages.values()].map(({ history }) => history)).toMatchObject([
    [{ kind: 'command', code: 'internal', inResponseTo: item.key }],
  ]);
});
