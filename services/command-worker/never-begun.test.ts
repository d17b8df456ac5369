import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enqueue } from '../../shared/lane/enqueue.ts';
import type { LaneItem } from '../../shared/lane/lane.ts';
import { stopLane } from '../../shared/lane/stop.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { stopWaiting } from '../../shared/operate/stop-work.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { neverBegun } from './never-begun.ts';

const ROOM = '!r:x' as WorkItem['room'];

describe.skipIf(!process.env.DATABASE_URL)('what had not begun', () => {
  let database: FreshDatabase;
  let items = 0;
  beforeAll(async () => {
    database = await freshDatabase(2);
  });
  afterAll(() => database.drop());

  /** A new one at the end of its own lane. */
  async function waiting(type: string): Promise<LaneItem<WorkItem>> {
    items += 1;
    const [key, lane] = [`$e${items}`, `room/!r${items}:x`];
    const body = { type, room: ROOM, event: key, sender: '@ann:x', text: '!save', name: 'save', rest: '' };
    await enqueue(database.run, { key, lane, queue: 'commands', position: 1, body });
    return { key, lane, seq: 1, position: 1, queue: 'commands', body } as unknown as LaneItem<WorkItem>;
  }
  const how = (what: object) => ({ stopped: false, withdrawn: false, resumed: false, ...what });
  const end = (item: LaneItem<WorkItem>, what: object) => neverBegun(item, item.body, how(what), database);

  test('is run where nobody stopped it or took it back, or where it had begun', async () => {
    const item = await waiting('command');
    expect(await end(item, {})).toBeNull();
    expect(await end(item, { stopped: true, resumed: true })).toBeNull();
    expect(await end(item, { withdrawn: true, resumed: true })).toBeNull();
  });

  test.each(['command', 'confirmed', 'message'])(
    'is dropped without a word where its person did it: %s',
    async (type) => {
      const item = await waiting(type);
      expect(await end(item, { withdrawn: true })).toEqual([]);
      await stopLane(database.run, { lane: item.lane, before: 9, what: 'all', key: '$stop' });
      expect(await end(item, { stopped: true })).toEqual([]);
    },
  );

  test('says so where an operator stopped what waits', async () => {
    const item = await waiting('command');
    const room = item.lane.slice('room/'.length) as WorkItem['room'];
    await stopWaiting({ database, publishControl: async () => {}, wake: async () => {} }, room, 7);
    const said = await end(item, { stopped: true });
    expect(said).toMatchObject([{ body: { chat: ROOM, say: { inResponseTo: item.key, kind: 'command' } } }]);
    expect(JSON.stringify(said)).toContain('The people who run this bot stopped what waited here');
  });

  test('of what has happened is done all the same', async () => {
    expect(await end(await waiting('changed'), { stopped: true })).toBeNull();
  });
});
