import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCursor } from '../../../shared/lane/intake.ts';
import type { RunSql } from '../../../shared/lane/lane.ts';
import { TestHttpServers } from '../../../shared/matrix/test-http-server.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import { beginTerm } from '../begin-term.ts';
import type { PageContents } from '../page-contents.ts';
import type { SyncParts } from '../sync-parts.ts';
import { itemsOf, rejectsOf } from '../test-ingress.ts';
import { beginWithoutToken } from './look-back.ts';
import { type FakeRoom, fakeHomeserver } from './test-homeserver.ts';
import { ANN, asks, BOT, ENDS, edits, NOW, STREAMS, says } from './test-timeline.ts';

const SOURCE = `matrix/${BOT}`;
const never = new AbortController().signal;

describe.skipIf(!process.env.DATABASE_URL)('without a record', () => {
  let servers: TestHttpServers;
  let database: FreshDatabase;
  beforeEach(async () => {
    servers = new TestHttpServers();
    database = await freshDatabase(2);
  });
  afterEach(async () => {
    await servers.close();
    await database.drop();
  });

  async function partsFor(rooms: Record<string, FakeRoom>, more: Partial<SyncParts> = {}, requests: string[] = []) {
    return {
      http: await servers.homeserver(fakeHomeserver(rooms, requests)),
      sql: database.run,
      self: BOT,
      source: SOURCE,
      leadership: { lead: async () => never },
      wake: async () => {},
      poke: async () => {},
      reconciled: async () => {},
      queueLimit: { apply: async (contents: PageContents) => contents },
      // The events of test-timeline.ts have a time of their own.
      limits: { messages: 20, ageMs: Date.now() - NOW + 3_600_000 },
      readiness: { met: () => {}, unmet: () => {} },
      progress: { begun: () => {}, moved: () => {}, idle: () => {} },
      log: createLog('silent', {}),
      stopping: never,
      ...more,
    } satisfies SyncParts;
  }
  const texts = async () =>
    (await itemsOf(database)).map(({ lane_id, body }) => `${lane_id}: ${'text' in body ? body.text : body.type}`);
  const live = () =>
    database.run({ name: 'test_live', text: 'SELECT op, event_id, edits FROM live_message ORDER BY op' });

  /** Twelve rooms, so that it takes two steps; in each one answered and two unanswered questions, in some a stream. */
  const rooms = Object.fromEntries(
    Array.from({ length: 12 }, (_, index): [string, FakeRoom] => {
      const n = String(index).padStart(2, '0');
      const stream = [says(`s${n}`, `b${n}`, STREAMS), edits(`e${n}`, `s${n}`, `b${n}`, STREAMS)];
      const events = [
        asks(`a${n}`),
        says(`x${n}`, `a${n}`, ENDS),
        asks(`b${n}`),
        ...(index % 5 === 0 ? stream : []),
        asks(`c${n}`),
      ];
      return [`!${n}:x`, { owner: ANN, events }];
    }),
  );
  const expected = Object.keys(rooms).flatMap((id) => {
    const n = id.slice(1, 3);
    return [`room/${id}: b${n}`, `room/${id}: c${n}`];
  });

  test('what nobody has answered is taken in, in order, and live sync goes on from the token', async () => {
    expect(await beginTerm(await partsFor(rooms), true, never)).toEqual({
      token: 't1',
      first: true,
      compared: true,
    });
    expect(await texts()).toEqual(expected);
    expect(await live()).toEqual([
      { op: 'op-s00', event_id: '$s00', edits: 1 },
      { op: 'op-s05', event_id: '$s05', edits: 1 },
      { op: 'op-s10', event_id: '$s10', edits: 1 },
    ]);
    // What comes live has its place behind it.
    expect(await readCursor(database.run, SOURCE)).toEqual({ token: 't1', position: 24 });
  });

  test('the rooms are compared first; not where there are none of ours', async () => {
    const order: string[] = [];
    const reconciled = async () => void order.push(`reconciled with ${(await itemsOf(database)).length} items`);
    await beginTerm(await partsFor({}, { reconciled }), true, never);
    expect(order).toEqual([]);
    await database.run({ name: 'test_forget', text: 'DELETE FROM lane_cursor' });
    await beginTerm(await partsFor(rooms, { reconciled }), true, never);
    expect(order).toEqual(['reconciled with 0 items']);
  });

  test('killed before or after any statement, and begun again: the same end', async () => {
    let statements = 0;
    const counting: RunSql = (statement, values) => {
      statements += 1;
      return database.run(statement, values);
    };
    await beginTerm(await partsFor(rooms, { sql: counting }), true, never);
    const want = [await texts(), await live(), await readCursor(database.run, SOURCE)];
    expect(statements).toBeGreaterThan(6);
    for (let kill = 1; kill <= statements; kill++) {
      for (const when of ['before', 'after'] as const) {
        await database.run({
          name: 'test_empty',
          text: 'TRUNCATE lane_cursor, lane_seq, lane_item, lane_reject, live_message',
        });
        let ran = 0;
        const dying: RunSql = async (statement, values) => {
          ran += 1;
          if (ran > kill || (ran === kill && when === 'before')) throw new Error('killed');
          const rows = await database.run<never>(statement, values);
          if (ran === kill) throw new Error('killed');
          return rows;
        };
        await expect(beginTerm(await partsFor(rooms, { sql: dying }), true, never)).rejects.toThrow('killed');
        await beginTerm(await partsFor(rooms), true, never);
        expect([await texts(), await live(), await readCursor(database.run, SOURCE)], `${when} ${kill}`).toEqual(want);
      }
    }
  });

  test('goes on behind the rooms that are finished, and compares nothing again', async () => {
    const requests: string[] = [];
    const dying = await partsFor(rooms, {
      wake: async (wakes) => {
        if (wakes.length > 0) throw new Error('killed');
      },
    });
    await expect(beginTerm(dying, true, never)).rejects.toThrow('killed');
    const reconciled = async () => expect.unreachable();
    await beginTerm(await partsFor(rooms, { reconciled }, requests), true, never);
    expect(requests.filter((path) => path.includes('/messages')).map((path) => /!\d\d/.exec(path)![0])).toEqual([
      '!08',
      '!09',
      '!10',
      '!11',
    ]);
    expect(await texts()).toEqual(expected);
  });

  test('another ingress that was quicker has it', async () => {
    const slow = await partsFor(rooms, {
      reconciled: async () => void (await beginTerm(await partsFor(rooms), true, never)),
    });
    await expect(beginTerm(slow, true, never)).rejects.toMatchObject({ code: 'sync_fenced' });
    expect(await texts()).toEqual(expected);
  });

  test('a room that refuses is told of, and the others are looked at', async () => {
    const some = {
      '!a:x': { owner: ANN, events: [], refuses: true },
      '!b:x': { owner: ANN, events: [asks('b')] },
    } as const;
    await beginTerm(await partsFor(some), true, never);
    expect(await texts()).toEqual(['room/!a:x: gap', 'room/!b:x: b']);
    expect(await rejectsOf(database)).toMatchObject([{ reason: expect.stringContaining('not yours') }]);
  });

  test('pages back to the last thing that is done, and no further', async () => {
    const noise = Array.from({ length: 150 }, (_, index) => edits(`n${index}`, 's', 'q', STREAMS));
    const before = Array.from({ length: 500 }, (_, index) => asks(`old${index}`));
    const events = [...before, asks('a'), says('x', 'a', ENDS), asks('q'), says('s', 'q', STREAMS), ...noise];
    const requests: string[] = [];
    await beginTerm(await partsFor({ '!a:x': { owner: ANN, events } }, {}, requests), true, never);
    expect(await texts()).toEqual(['room/!a:x: q']);
    expect(await live()).toEqual([{ op: 'op-s', event_id: '$s', edits: 150 }]);
    expect(requests.filter((path) => path.includes('/messages'))).toHaveLength(2);
  });

  test('and not without end', async () => {
    const events = Array.from({ length: 2_500 }, (_, index) => asks(`m${index}`));
    const requests: string[] = [];
    await beginTerm(await partsFor({ '!a:x': { owner: ANN, events } }, {}, requests), true, never);
    const items = await itemsOf(database);
    expect(items).toHaveLength(21);
    expect(items[0]).toMatchObject({ key: '$m2479', body: { late: { leftOut: 1_980, orMore: true } } });
    expect(requests.filter((path) => path.includes('/messages'))).toHaveLength(20);
  });

  test('Spaces are not looked at', async () => {
    await beginTerm(await partsFor({ '!s:x': { owner: ANN, kind: 'space', events: [asks('a')] } }), true, never);
    expect(await texts()).toEqual([]);
  });

  test('a token that the homeserver does not know any more: as without one', async () => {
    await database.run(
      {
        name: 'test_old',
        text: 'INSERT INTO lane_cursor (source, token, position) VALUES ($1, $2, 7)',
      },
      [SOURCE, 'old'],
    );
    const parts = await partsFor(rooms);
    expect(await beginTerm(parts, true, never)).toMatchObject({ token: 'old', compared: false });
    expect(await beginWithoutToken(parts, 'old', never)).toBe('t1');
    expect(await texts()).toEqual(expected);
    expect(await readCursor(database.run, SOURCE)).toEqual({ token: 't1', position: 31 });
  });
});
