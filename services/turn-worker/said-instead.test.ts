import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventId, OpId, RoomId, UserId } from '../../shared/ids/ids.ts';
import type { LaneItem } from '../../shared/lane/lane.ts';
import type { GapItem } from '../../shared/matrix/gap-item.ts';
import type { Late, MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { saidInstead } from './said-instead.ts';

const room = '!r:x' as RoomId;
const ann = '@ann:x' as UserId;
const head = { v: 1, room, sender: ann, event: '$q' as EventId, originTs: 1, receivedTs: 2 } as const;

describe.skipIf(!process.env.DATABASE_URL)('what is said in place of an answer', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(1);
  });
  afterAll(() => database.drop());

  const said = async (body: object, original: object | null = null) => {
    const item = {
      key: '$q',
      lane: `room/${room}`,
      seq: 1,
      position: 1,
      queue: 'turns',
      body,
      original,
      amended: false,
    };
    return saidInstead({ ...item, receivedAt: 0 } as unknown as LaneItem<WorkItem>, database);
  };
  const message = (text: string, late?: Late): MessageItem => ({
    ...head,
    type: 'message',
    text,
    mentions: [],
    ...(late && { late }),
  });

  test('nothing, of ordinary work', async () => {
    expect(await said(message('hello'))).toBeNull();
  });

  test('of what was left out how many, in the language of the newest, in response to it', async () => {
    const [one] = (await said(message('hello', { leftOut: 1, orMore: false })))!;
    expect(one!.body).toMatchObject({
      chat: room,
      say: { kind: 'notice', code: 'too_old', inResponseTo: '$q', text: expect.stringContaining('1 message ') },
    });
    const [many] = (await said(message('Привет, как дела?', { leftOut: 7, orMore: false })))!;
    expect(JSON.stringify(many!.body)).toContain('7 сообщений');
    const [more] = (await said(message('hello', { leftOut: 1_980, orMore: true })))!;
    expect(JSON.stringify(more!.body)).toContain('1980 and perhaps more');
  });

  test('an edit that came meanwhile makes no question of it', async () => {
    expect(await said(message('better'), message('hello', { leftOut: 1, orMore: false }))).toHaveLength(1);
  });

  test('of an answer that is closed what stands there, and at its end what happened', async () => {
    const part = (number: number) => ({
      op: `op${number}` as OpId,
      part: number,
      id: `$m${number}` as EventId,
      text: `text ${number}`,
    });
    const sends = (await said(message('hello', { begun: [part(1), part(2)] })))!;
    expect(sends.map(({ op }) => op)).toEqual(['op1.final', 'op2.final']);
    expect(sends.map(({ body }) => body)).toMatchObject([
      { replaces: '$m1', say: { type: 'answer', text: 'text 1', state: 'done', last: false } },
      {
        replaces: '$m2',
        say: {
          ...{ type: 'answer', text: 'text 2', state: 'failed', last: true, code: 'interrupted', asker: ann },
          note: expect.stringContaining('!retry'),
        },
      },
    ]);
  });

  test('of a gap that there is one, in response to nothing', async () => {
    const gap: GapItem = { ...head, type: 'gap', event: '$gap-1' as EventId };
    const [notice] = (await said(gap))!;
    expect(notice!.body).toMatchObject({ chat: room, say: { kind: 'notice' } });
    expect(JSON.stringify(notice)).not.toContain('inResponseTo');
  });
});
