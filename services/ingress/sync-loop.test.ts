import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HttpProxy, isSync, PASS } from '../../e2e/http-proxy.ts';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { readCursor } from '../../shared/lane/intake.ts';
import { cursorAge } from '../../shared/lane/intake-cursor.ts';
import type { RunSql } from '../../shared/lane/lane.ts';
import { sweepPending } from '../../shared/lane/sweep.ts';
import { joinRoom, leaveRoom } from '../../shared/matrix/rooms.ts';
import { HOMESERVER, newPerson, roomOf, say, type TestPerson } from '../../shared/matrix/test-people.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { itemsOf, rejectsOf, sourceOf, startIngress, textsOf } from './test-ingress.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });
const waiting = { timeout: 20_000, interval: 50 };

describe.skipIf(!HOMESERVER || !process.env.DATABASE_URL)('ingress, on a real homeserver and database', () => {
  let proxy: HttpProxy;
  let bot: TestPerson;
  let ann: TestPerson;
  let database: FreshDatabase;
  const started: ReturnType<typeof startIngress>[] = [];
  const start = (options: object = {}) => {
    const ingress = startIngress(bot, database, { url: proxy.url, ...options });
    started.push(ingress);
    return ingress;
  };
  const ready = (ingress: ReturnType<typeof startIngress>) =>
    expect.poll(() => ingress.readiness.reasons(), waiting).toEqual([]);

  beforeAll(async () => {
    proxy = await new HttpProxy(HOMESERVER!).start();
    ann = await newPerson('ann', { bot: true });
  });
  afterAll(async () => {
    proxy.stop();
    await ann.http.close();
  });
  beforeEach(async () => {
    proxy.fate = () => PASS;
    bot = await newPerson('bot', { bot: true });
    database = await freshDatabase(4);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((ingress) => ingress.stop()));
    await database.drop();
    await bot.http.close();
  });

  test('a bot that was invited before its first start is told of it, once', async () => {
    const room = await roomOf(ann);
    const invite = { kind: 'test', method: 'POST', path: `/_matrix/client/v3/rooms/${room}/invite` } as const;
    await ann.http.request({ ...invite, body: { user_id: bot.userId } });
    const ingress = start();
    await expect.poll(() => itemsOf(database), waiting).toHaveLength(1);
    const [item] = await itemsOf(database);
    expect(item).toMatchObject({
      lane_id: `person/${ann.userId}`,
      queue: 'commands',
      body: { type: 'invite', room, sender: ann.userId },
    });
    expect(ingress.wakes).toEqual([{ lane: `person/${ann.userId}`, queue: 'commands' }]);
    await joinRoom(bot.http, room);
    await say(ann, room, 'welcome');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['welcome']);
    expect(await itemsOf(database)).toHaveLength(2);
  });

  test('an invitation while it runs; what was said before the bot joined is not answered', async () => {
    await ready(start());
    const room = await roomOf(ann);
    for (let index = 0; index < 20; index++) await say(ann, room, `before ${index}`);
    await ann.http.request({
      kind: 'test',
      method: 'POST',
      path: `/_matrix/client/v3/rooms/${room}/invite`,
      body: { user_id: bot.userId },
    });
    await expect.poll(() => itemsOf(database), waiting).toHaveLength(1);
    await joinRoom(bot.http, room);
    await say(ann, room, 'after');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['after']);
    expect(await rejectsOf(database)).toEqual([]);
  });

  test('250 messages sent while it was down all come in, once and in order, between our own edits', {
    timeout: 180_000,
  }, async () => {
    const room = await roomOf(ann, bot);
    const other = await roomOf(ann, bot);
    const before = start();
    await ready(before);
    await before.stop();
    const expected = Array.from({ length: 250 }, (_, index) => `message ${index}`);
    for (const [index, text] of expected.entries()) {
      await say(ann, room, text);
      if (index % 10 === 0) await say(bot, room, `our own ${index}`);
    }
    await say(ann, other, 'elsewhere');
    start();
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toHaveLength(250);
    expect(await textsOf(database, `room/${room}`)).toEqual(expected);
    expect(await textsOf(database, `room/${other}`)).toEqual(['elsewhere']);
    await say(ann, room, 'live');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual([...expected, 'live']);
    expect(await rejectsOf(database)).toEqual([]);
  });

  test('more than a page holds, between two answers of a running sync', { timeout: 90_000 }, async () => {
    const room = await roomOf(ann, bot);
    await ready(start());
    let held = 0;
    proxy.fate = (call) => (isSync(call) && held++ === 0 ? { do: 'delay', ms: 10_000 } : PASS);
    const expected = Array.from({ length: 120 }, (_, index) => `message ${index}`);
    // The first one ends the poll that waits; the next one is held up meanwhile.
    for (const text of expected) await say(ann, room, text);
    await expect.poll(() => textsOf(database, `room/${room}`), { ...waiting, timeout: 40_000 }).toEqual(expected);
    expect(proxy.calls.some(({ path }) => path.includes('/messages') && path.includes(encodeURIComponent(room)))).toBe(
      true,
    );
    expect(await rejectsOf(database)).toEqual([]);
  });

  test('a room that it joined and was written in while it was down', { timeout: 120_000 }, async () => {
    const room = await roomOf(ann);
    await ready(start());
    await ann.http.request({
      kind: 'test',
      method: 'POST',
      path: `/_matrix/client/v3/rooms/${room}/invite`,
      body: { user_id: bot.userId },
    });
    await expect.poll(() => itemsOf(database), waiting).toHaveLength(1);
    await started.splice(0)[0]!.stop();
    await say(ann, room, 'too early');
    await joinRoom(bot.http, room);
    const expected = Array.from({ length: 105 }, (_, index) => `message ${index}`);
    for (const text of expected) await say(ann, room, text);
    start();
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toHaveLength(105);
    expect(await textsOf(database, `room/${room}`)).toEqual(expected);
  });

  test('two at once: each message once, in order, also when the active one dies or is cut off', async () => {
    const room = await roomOf(ann, bot);
    const ingresses = [start(), start()];
    await expect.poll(() => ingresses.filter((one) => one.readiness.reasons().length === 0).length, waiting).toBe(1);
    const expected: string[] = [];
    for (let index = 0; index < 40; index++) {
      expected.push(`message ${index}`);
      await say(ann, room, `message ${index}`);
      if (index === 15) {
        const leader = ingresses.findIndex((one) => one.readiness.reasons().length === 0);
        void ingresses.splice(leader, 1)[0]!.stop();
        ingresses.push(start());
      }
    }
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(expected);
  });

  test('two that both believe to be active are kept apart by the token alone', async () => {
    const room = await roomOf(ann, bot);
    const always = { lead: async () => new AbortController().signal };
    for (const options of [{ leadership: always }, { leadership: always }]) start(options);
    // What is said before the very first sync token is history.
    await expect.poll(() => readCursor(database.run, sourceOf(bot.userId)), waiting).not.toBeNull();
    const expected = Array.from({ length: 30 }, (_, index) => `message ${index}`);
    for (const text of expected) await say(ann, room, text);
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(expected);
    expect(await itemsOf(database)).toHaveLength(30);
  });

  test('events of every hostile shape are recorded with a reason or skipped, and the next message comes in', async () => {
    const room = await roomOf(ann, bot);
    await ready(start());
    const hostile = [
      { msgtype: 'm.text', body: 7 },
      { msgtype: 'm.text', body: { a: [] } },
      { msgtype: ['m.text'], body: 'x' },
      {},
      { msgtype: 'm.file', body: 'a', url: 'https://x/y' },
      { msgtype: 'm.text', body: '* x', 'm.relates_to': { rel_type: 'm.replace', event_id: 7 }, 'm.new_content': 'x' },
      { msgtype: 'm.text', body: ' ', 'm.mentions': { user_ids: 'all' } },
    ];
    // The homeserver refuses some of them itself.
    const accepted = (await Promise.allSettled(hostile.map((content) => say(ann, room, content)))).filter(
      (result) => result.status === 'fulfilled',
    );
    expect(accepted.length).toBeGreaterThan(2);
    await say(ann, room, { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'x' }, 'm.room.encrypted');
    await say(ann, room, { anything: [] }, 'com.example.unknown');
    await say(ann, room, { msgtype: 'm.text', body: 'a\0b \u{1F600}', extra: { ['__proto__']: 1 } });
    await say(ann, room, 'still there');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['a\uFFFDb \u{1F600}', 'still there']);
    expect(await rejectsOf(database)).toHaveLength(accepted.length);
    expect(await textsOf(database, `control/${room}`)).toEqual(['encrypted']);
  });

  test('commands take their lanes; edits and redactions amend', async () => {
    const room = await roomOf(ann, bot);
    await ready(start());
    const question = await say(ann, room, 'wat');
    await say(ann, room, '!stop all');
    const edit = { msgtype: 'm.text', body: '* what', 'm.new_content': { msgtype: 'm.text', body: 'what' } };
    await say(ann, room, { ...edit, 'm.relates_to': { rel_type: 'm.replace', event_id: question } });
    await ann.http.request({
      kind: 'test',
      method: 'PUT',
      path: `/_matrix/client/v3/rooms/${room}/redact/${question}/r1`,
      body: {},
    });
    const amendments = () =>
      database.run<{ target: string; kind: string }>({
        name: 'test_amendments',
        text: 'SELECT target, kind FROM lane_amendment ORDER BY position',
      });
    await expect.poll(amendments, waiting).toEqual([
      { target: question, kind: 'replace' },
      { target: question, kind: 'withdraw' },
    ]);
    const items = await itemsOf(database);
    expect(items.map((item) => `${item.lane_id} ${item.queue}`)).toEqual([
      `room/${room} turns`,
      `control/${room} commands`,
      `control/${room} commands`,
    ]);
    expect(items[1]?.body).toMatchObject({ type: 'command', name: 'stop', rest: 'all' });
  });

  test('killed between storing a page and waking: the work is in the record, and the next start does not store it twice', async () => {
    const room = await roomOf(ann, bot);
    let release = () => {};
    const hangs = (wakes: unknown[]) =>
      wakes.length === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            release = resolve;
          });
    const dying = start({ wake: hangs });
    await ready(dying);
    await say(ann, room, 'one');
    await expect.poll(() => itemsOf(database), waiting).toHaveLength(1);
    void dying.stop();
    start();
    await say(ann, room, 'two');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['one', 'two']);
    expect(await sweepPending(database.run, 0)).toMatchObject([{ lane: `room/${room}`, queue: 'turns' }]);
    release();
  });

  test('a homeserver that fails, hangs up or limits is waited for, and said so', async () => {
    const room = await roomOf(ann, bot);
    const ingress = start();
    await ready(ingress);
    proxy.fate = (call) => (isSync(call) ? { do: 'answer', status: 502, body: '<html>' } : PASS);
    await say(ann, room, 'meanwhile');
    await expect.poll(() => ingress.readiness.reasons()[0]?.problem ?? '', waiting).toContain('502');
    proxy.fate = (call) => (isSync(call) ? { do: 'reset' } : PASS);
    await expect.poll(() => ingress.readiness.reasons()[0]?.problem ?? '', waiting).not.toContain('502');
    proxy.fate = () => PASS;
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['meanwhile']);
    await ready(ingress);
  });

  test('a gap that cannot be filled is waited for where the homeserver is away, and recorded where it refuses', async () => {
    const room = await roomOf(ann, bot);
    const before = start();
    await ready(before);
    await before.stop();
    for (let index = 0; index < 101; index++) await say(ann, room, `message ${index}`);
    let fails = 6;
    const refusal = { do: 'answer', status: 403, body: { errcode: 'M_FORBIDDEN', error: 'no' } } as const;
    proxy.fate = (call) => {
      if (!call.path.includes('/messages')) return PASS;
      return fails-- > 0 ? { do: 'reset' } : refusal;
    };
    start();
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toHaveLength(101);
    // The room is told of it, before what came after it.
    expect((await textsOf(database, `room/${room}`)).slice(0, 2)).toEqual(['gap', 'message 1']);
    expect(await rejectsOf(database)).toMatchObject([{ reason: expect.stringContaining('gap') }]);
  });

  test('while nothing happens the cursor is touched, and nothing else is written', async () => {
    const statements: string[] = [];
    const sql: RunSql = (statement, values) => {
      statements.push(statement.name);
      return database.run(statement, values);
    };
    const ingress = start({ sql, poll: { ms: 300, marginMs: 3_000 } });
    await ready(ingress);
    const text = "UPDATE lane_cursor SET updated_at = now() - interval '1 hour'";
    await database.run({ name: 'test_age', text });
    await expect.poll(() => statements, waiting).toContain('lane_cursor_touch');
    expect((await cursorAge(database.run, sourceOf(bot.userId)))!.idleMs).toBeLessThan(60_000);
    // The token moves by itself where other rooms of the homeserver are written in.
    const known = ['lane_cursor_age', 'lane_intake', 'lane_cursor_touch'];
    expect(statements.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('after a silence the rooms are compared with the record before anything is handed on; after a short one not', async () => {
    const room = await roomOf(ann, bot);
    let reconciled = 0;
    let release = () => {};
    const hangs = () =>
      new Promise<void>((resolve) => {
        reconciled += 1;
        release = resolve;
      });
    const first = start({ reconciled: hangs });
    await ready(first);
    await first.stop();
    await say(ann, room, 'meanwhile');
    const second = start({ reconciled: hangs });
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['meanwhile']);
    await second.stop();
    // None of ours is there: nothing was to be compared.
    expect(reconciled).toBe(0);
    const text = "UPDATE lane_cursor SET updated_at = now() - interval '3 minutes'";
    await database.run({ name: 'test_silence', text });
    await say(ann, room, 'long after');
    const third = start({ reconciled: hangs });
    await expect.poll(() => reconciled, waiting).toBe(1);
    expect(third.readiness.reasons()).not.toEqual([]);
    expect(await textsOf(database, `room/${room}`)).toEqual(['meanwhile']);
    release();
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['meanwhile', 'long after']);
    await ready(third);
  });

  test('a record that is older than Matrix: what was answered since is no work, and what streams goes on', async () => {
    const room = await roomOf(ann, bot);
    const before = start();
    await ready(before);
    await before.stop();
    const answer = (cause: string, state: string) => ({
      msgtype: 'm.text',
      body: state,
      'dev.surfaces': {
        op: `op-${cause.slice(1, 9)}`,
        kind: 'answer',
        in_response_to: cause,
        state,
        part: 1,
        last: state === 'done',
      },
    });
    const asked: string[] = [];
    // More than a page, so that the answers are looked for in what is filled, too.
    for (let index = 0; index < 60; index++) {
      asked.push(await say(ann, room, `answered ${index}`));
      if (index % 2 === 1) await say(bot, room, answer(asked[index]!, 'done'));
    }
    const streaming = await say(ann, room, 'streams');
    const live = await say(bot, room, answer(streaming, 'streaming'));
    await say(ann, room, 'open');
    await database.run({
      name: 'test_silence',
      text: "UPDATE lane_cursor SET updated_at = now() - interval '3 minutes'",
    });
    start();
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['streams', 'open']);
    const rejects = await rejectsOf(database);
    expect(rejects.map(({ key }) => key).toSorted()).toEqual(asked.toSorted());
    expect(new Set(rejects.map(({ reason }) => reason))).toEqual(new Set(['answered before']));
    const messages = await database.run({
      name: 'test_live',
      text: 'SELECT event_id, in_response_to, part FROM live_message',
    });
    expect(messages).toEqual([{ event_id: live, in_response_to: streaming, part: 1 }]);
  });

  test('a sync that hangs is given up, and asked again', async () => {
    const room = await roomOf(ann, bot);
    await ready(start({ poll: { ms: 300, marginMs: 300 } }));
    let hung = 0;
    proxy.fate = (call) => (isSync(call) && hung++ === 0 ? { do: 'delay', ms: 60_000 } : PASS);
    await expect.poll(() => hung, waiting).toBeGreaterThan(1);
    await say(ann, room, 'after');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['after']);
  });

  test('a database whose answer gets lost: the page is in once, and its lanes are woken', async () => {
    const room = await roomOf(ann, bot);
    let lose = 0;
    const sql: RunSql = async (statement, values) => {
      const rows = await database.run<never>(statement, values);
      if (statement.name === 'lane_intake' && lose-- > 0) throw new SurfacesError('database_unavailable', 'cut');
      return rows;
    };
    const ingress = start({ sql });
    await ready(ingress);
    lose = 2;
    await say(ann, room, 'one');
    await expect.poll(() => ingress.wakes, waiting).toEqual([{ lane: `room/${room}`, queue: 'turns' }]);
    expect(await textsOf(database, `room/${room}`)).toEqual(['one']);
  });

  test('a sync token that the homeserver does not know: it goes on from now', async () => {
    const room = await roomOf(ann, bot);
    const set = { name: 'test_token', text: "INSERT INTO lane_cursor (source, token) VALUES ($1, 'nonsense')" };
    await database.run(set, [sourceOf(bot.userId)]);
    await ready(start());
    await say(ann, room, 'now');
    await expect.poll(() => textsOf(database, `room/${room}`), waiting).toEqual(['now']);
  });

  test('a token that is refused ends it', async () => {
    const ingress = start();
    await ready(ingress);
    await bot.http.request({ kind: 'test', method: 'POST', path: '/_matrix/client/v3/logout', body: {} });
    await expect(ingress.running).rejects.toMatchObject({ code: 'matrix_token_invalid' });
  });

  test('a room that it was put out of is told of', async () => {
    const room = await roomOf(ann, bot);
    const own = await roomOf(ann, bot);
    await ready(start());
    await leaveRoom(bot.http, own);
    await ann.http.request({
      kind: 'test',
      method: 'POST',
      path: `/_matrix/client/v3/rooms/${room}/kick`,
      body: { user_id: bot.userId },
    });
    await expect
      .poll(() => itemsOf(database), waiting)
      .toMatchObject([
        { lane_id: `control/${room}`, body: { type: 'membership', membership: 'leave', sender: ann.userId } },
      ]);
  });

  test('the token moves with every page, so a restart asks for nothing twice', async () => {
    const room = await roomOf(ann, bot);
    await ready(start());
    const tokens = new Set<string>();
    for (let index = 0; index < 3; index++) {
      await say(ann, room, `${index}`);
      await expect.poll(() => itemsOf(database), waiting).toHaveLength(index + 1);
      tokens.add((await readCursor(database.run, sourceOf(bot.userId)))!.token);
    }
    expect(tokens.size).toBe(3);
  });
});
