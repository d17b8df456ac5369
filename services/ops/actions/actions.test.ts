import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { laneOf, type RoomId, type SessionId, type UserId } from '../../../shared/ids/ids.ts';
import { intake } from '../../../shared/lane/intake.ts';
import { testWorker, until } from '../../../shared/lane/test-lane.ts';
import { TestHttpServers } from '../../../shared/matrix/test-http-server.ts';
import { audited } from '../../../shared/operate/audited.ts';
import { obeyDrain } from '../../../shared/queue/drain.ts';
import { idOf, tellPresence } from '../../../shared/queue/presence.ts';
import { BOT, person, TestWorld } from '../../../shared/reconcile/test-world.ts';
import { isBlocked } from '../../../shared/store/blocked.ts';
import { auditEntries } from '../../../shared/store/ops-audit.ts';
import { beginRuns, finishRuns, isRunAskedFor } from '../../../shared/store/reconcile-runs.ts';
import { putRoom } from '../../../shared/store/rooms.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { addReader, hiddenIn, READER, testVisitor, toldIn } from './test-visitor.ts';

type Visitor = Awaited<ReturnType<typeof testVisitor>>;

describe.skipIf(!process.env.DATABASE_URL)('what operators do on the page', () => {
  const servers = new TestHttpServers();
  const world = new TestWorld();
  let open: TestSite;
  let operator: Visitor;
  let reader: Visitor;
  beforeAll(async () => {
    open = await openTestSite({ homeserver: { http: await world.serve(servers), self: BOT } });
    await addReader(open);
    operator = await testVisitor(open);
    reader = await testVisitor(open, READER.name, READER.password);
  });
  afterAll(async () => {
    await open.close();
    await servers.close();
  });

  let pages = 0;
  let token = '';
  /** Messages of a room that is known, in its lane. */
  async function messages(count: number): Promise<{ room: RoomId; lane: string; events: string[] }> {
    const room = `!${randomUUID()}:here` as RoomId;
    const chat = { kind: 'chat', owner: person('ann'), state: 'active', name: 'Garden' } as const;
    await putRoom(open.database, { ...chat, roomId: room, sessionId: randomUUID() as SessionId }, null);
    const lane = laneOf.room(room);
    const events = Array.from({ length: count }, () => `$${randomUUID()}`);
    const items = events.map((key) => ({ key, lane, queue: 'turns', body: `body of ${key}` }));
    pages += 1;
    await intake(open.database.run, { source: 'test', from: token, to: `t${pages}`, items });
    token = `t${pages}`;
    return { room, lane, events };
  }
  const lastAudit = async () => (await auditEntries(open.database, { limit: 1 }))[0]!;
  /** A turn that runs until it is told to end. */
  const endless = () =>
    testWorker(open.database.run, {
      run: async (_item, { signal }) => {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        return [];
      },
    });

  test('a turn is stopped: it says what will be, does it, tells it where one came from, and it stands in the audit', async () => {
    const { room, lane, events } = await messages(2);
    const worker = endless();
    const run = worker.go(lane);
    await until(() => worker.ran.length === 1, 'the turn to run');
    const from = `http://localhost:80/rooms/${encodeURIComponent(room)}?x=1`;
    const { asked, status, to, told } = await operator.act('stop-turn', events[0]!, {}, from);
    expect(asked).toMatch(/What will happen.*What will not.*What can be lost/s);
    expect([status, to]).toEqual([303, expect.stringMatching(/^\/rooms\/[^?]+\?x=1&did=\d+$/)]);
    expect(told).toMatch(/^Stop a turn, done: the turn was told to stop/);
    await worker.leases.poke(lane);
    expect(await run).toBe('done');
    expect(await lastAudit()).toMatchObject({
      by: 'operator',
      act: 'stop-turn',
      subject: events[0],
      outcome: expect.stringMatching(/^done: /),
    });
    const again = await operator.get(`/actions/stop-turn?subject=${encodeURIComponent(events[0]!)}`);
    expect(again.body).toContain('has ended already');
    const waits = await operator.get(`/actions/stop-turn?subject=${encodeURIComponent(events[1]!)}`);
    expect(waits.body).toContain('has not begun');
    expect(waits.body).not.toContain('class="confirm"');
  });

  test('a turn that ends between page and button is not stopped, nor the next one in its place', async () => {
    const { lane, events } = await messages(2);
    const page = await operator.get(`/actions/stop-turn?subject=${encodeURIComponent(events[0]!)}`);
    expect(page.statusCode).toBe(200);
    const [worker, next] = [testWorker(open.database.run), endless()];
    await worker.go(lane);
    const run = next.go(lane);
    await until(() => next.ran.length === 1, 'the next turn to run');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
    const pressed = await operator.post('/actions/stop-turn', { csrf, subject: events[0]! });
    expect(toldIn((await operator.get(String(pressed.headers.location))).body)).toMatch(
      /nothing done: the turn had ended already/,
    );
    await next.leases.poke(lane);
    expect(next.leases.size).toBe(1);
    next.leases.abortAll();
    await run;
  });

  test('all that runs and waits in a room is stopped; what comes later is not', async () => {
    const { room, lane } = await messages(3);
    const worker = endless();
    const run = worker.go(lane);
    await until(() => worker.ran.length === 1, 'the turn to run');
    const { told, asked } = await operator.act('stop-waiting', room);
    expect(asked).toContain('3 messages');
    expect(told).toContain('the running turn was told to stop, 2 messages that waited were dropped');
    await worker.leases.poke(lane);
    await run;
    const stopped: boolean[] = [];
    const rest = testWorker(open.database.run, {
      run: async (_item, context) => {
        stopped.push(context.stopped);
        return [];
      },
    });
    while ((await rest.go(lane)) === 'done');
    expect(stopped).toEqual([true, true]);
    expect(await lastAudit()).toMatchObject({ act: 'stop-waiting', subject: room });
  });

  test('a lane is taken from a holder that hangs: the next worker goes on, and the old one’s commit is fenced', async () => {
    const { lane, events } = await messages(2);
    let finish = () => {};
    const hung = testWorker(open.database.run, {
      leaseMs: 60_000,
      run: () => new Promise((resolve) => (finish = () => resolve([{ op: `old ${events[0]}`, body: '' }]))),
    });
    const old = hung.go(lane);
    await until(() => hung.ran.length === 1, 'it to hang');
    const page = await operator.get(`/actions/release-lane?subject=${encodeURIComponent(lane)}`);
    const fresh = testWorker(open.database.run);
    expect(await fresh.go(lane)).toBe('busy');
    const { told } = await operator.act('release-lane', lane);
    expect(told).toMatch(/^Release a lane, done: /);
    expect(await fresh.go(lane)).toBe('done');
    finish();
    expect(await old).toBe('lost');
    expect([hung.said, fresh.said]).toEqual([[], [`answer ${events[0]}`]]);
    expect(await lastAudit()).toMatchObject({ act: 'release-lane', subject: lane, details: { epoch: '1' } });
    // The second operator had the page open, too, and somebody new has the lane meanwhile.
    const next = endless();
    const run = next.go(lane);
    await until(() => next.ran.length === 1, 'the next turn to run');
    const csrf = hiddenIn(page.body).csrf!;
    const late = await operator.post('/actions/release-lane', { csrf, subject: lane, seen: '1' });
    expect(toldIn((await operator.get(String(late.headers.location))).body)).toContain(
      'nothing done: that holder has the lane no more',
    );
    await next.leases.beat();
    expect(next.leases.size).toBe(1);
    next.leases.abortAll();
    await run;
  });

  test('two operators who press at once: one has done it, the other is told so', async () => {
    const both = [operator, await testVisitor(open)];
    const subject = '*:twice.example';
    const asked = await Promise.all(both.map((each) => each.get('/actions/block?subject=*%3Atwice.example')));
    const pressed = await Promise.all(
      both.map((each, index) => each.post('/actions/block', { ...hiddenIn(asked[index]!.body), subject })),
    );
    const told = await Promise.all(
      both.map(async (each, index) => toldIn((await each.get(String(pressed[index]!.headers.location))).body)),
    );
    expect(told.sort()).toEqual([
      expect.stringMatching(/^Block, done: they are blocked/),
      expect.stringMatching(/^Block, nothing done: they were blocked already/),
    ]);
  });

  test('a person is blocked with a reason, and let in again', async () => {
    const ben = person('ben') as UserId;
    const { to } = await operator.act('block', ben, { reason: '<b>spam</b>' });
    expect(to).toMatch(new RegExp(`^/people/${encodeURIComponent(ben)}\\?did=`));
    expect(await isBlocked(open.database, ben)).toBe(true);
    expect(await lastAudit()).toMatchObject({ act: 'block', subject: ben, details: { reason: '<b>spam</b>' } });
    const audit = (await operator.get('/audit')).body;
    expect(audit).toContain('&lt;b>spam');
    await operator.act('unblock', ben);
    expect(await isBlocked(open.database, ben)).toBe(false);
    expect(await lastAudit()).toMatchObject({ act: 'unblock', subject: ben });
  });

  test('a reconciliation shows its plan, is asked for, and tells what came of it', async () => {
    const space = world.add('space', { owner: person('ann'), kind: 'space' });
    world.add('garden', { owner: person('ann') });
    const page = await operator.get('/actions/reconcile?subject=full');
    expect(page.body).toContain(`put “garden” (!garden:here) into the Space “space” (${space})`);
    const worker = (async () => {
      await until(() => isRunAskedFor(open.database), 'a run to be asked for');
      const runs = await beginRuns(open.database);
      await finishRuns(open.database, runs!.ids, { rooms: 2, actions: { link: 1 } });
    })();
    const { told } = await operator.act('reconcile', 'full');
    await worker;
    expect(told).toBe('Reconcile, done: Compared 2 rooms. Mended: 1 room put into its Space.');
    expect(await lastAudit()).toMatchObject({ act: 'reconcile', subject: 'full' });
  });

  test('a worker is drained, and takes work again', async () => {
    const env = { SURFACES_NAMESPACE: open.database.namespace, SURFACES_INSTANCE: 'turn-worker-1' };
    const stops: (() => Promise<unknown>)[] = [];
    const onStop = (_what: string, stop: () => Promise<unknown>) => void stops.push(stop);
    const presence = tellPresence(
      { env, readiness: { reasons: () => [] }, onStop },
      'turn-worker',
      open.wakes.redis,
      200,
    );
    const heard: boolean[] = [];
    const parts = { redis: open.wakes.redis, control: open.control, namespace: open.database.namespace };
    const end = obeyDrain(parts, presence.name, (drained) => {
      heard.push(drained);
      presence.draining(drained);
    });
    const id = idOf({ role: 'turn-worker', instance: 'turn-worker-1', host: hostname(), pid: process.pid });
    await until(async () => (await operator.get('/actions')).body.includes('Drain …'), 'the worker to be there');
    const { asked, told } = await operator.act('drain', id);
    expect(asked).toContain('No other turn-worker is there');
    expect(told).toBe('Drain, done: it takes no new work; what runs there goes on to its end.');
    expect(heard).toEqual([true]);
    expect((await operator.get('/actions')).body).toMatch(/draining.*Undrain …/s);
    expect((await operator.act('undrain', id)).told).toBe('Undrain, done: it takes work again.');
    expect(heard).toEqual([true, false]);
    expect((await auditEntries(open.database, { limit: 2 })).map(({ act, subject }) => [act, subject])).toEqual([
      ['undrain', id],
      ['drain', id],
    ]);
    end();
    for (const stop of stops) await stop();
  });

  test('readers see no button and can do nothing', async () => {
    const { room, events } = await messages(1);
    const before = (await lastAudit()).id;
    for (const url of [`/actions/stop-waiting?subject=${encodeURIComponent(room)}`, '/actions/reconcile?subject=full'])
      expect((await reader.get(url)).statusCode, url).toBe(403);
    const page = await reader.get('/actions');
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toContain('/actions/');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
    for (const act of ['stop-turn', 'block', 'drain', 'nothing'])
      expect((await reader.post(`/actions/${act}`, { csrf, subject: events[0]! })).statusCode, act).toBe(403);
    expect((await lastAudit()).id).toBe(before);
  });

  test.each([
    ['stop-turn', '$not-there'],
    ['stop-turn', 'stop'],
    ['stop-waiting', '!not-there:here'],
    ['release-lane', 'room/!not-there:here'],
    ['release-lane', '\0'],
    ['block', 'ann'],
    ['drain', 'turn-worker/1/host/1'],
    ['drain', '%2F%zz'],
    ['retry-send', 'not-there'],
    ['discard-reject', '$not-there'],
    ['retry-job', 'turns/999'],
    ['retry-job', 'no-queue/1'],
    ['reconcile', 'everything'],
    ['fly', 'away'],
  ])('%s of %j: there is no such thing, and nothing is written down', async (act, subject) => {
    const before = await auditEntries(open.database, { limit: 1 });
    const asked = await operator.get(`/actions/${act}?subject=${encodeURIComponent(subject)}`);
    const csrf = /name="csrf" value="([^"]+)"/.exec(asked.body)![1]!;
    const pressed = await operator.post(`/actions/${act}`, { csrf, subject });
    expect([asked.statusCode, pressed.statusCode]).toEqual([404, 404]);
    expect(pressed.body).toContain('Nothing was done.');
    expect(await auditEntries(open.database, { limit: 1 })).toEqual(before);
  });

  test('forged and missing tokens do nothing, and a way back leads to no other site', async () => {
    const carl = person('carl');
    for (const csrf of ['', 'forged'])
      expect((await operator.post('/actions/block', { csrf, subject: carl })).statusCode).toBe(403);
    const page = await operator.get(`/actions/block?subject=${encodeURIComponent(carl)}`, {
      referer: 'http://evil.example/x',
    });
    expect(page.body).not.toContain('evil');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
    const { headers } = await operator.post('/actions/block', { csrf, subject: carl, back: '//evil.example' });
    expect(headers.location).toMatch(/^\/people\//);
    expect(await isBlocked(open.database, carl as UserId)).toBe(true);
  });

  test('a link can make a page say nothing but what its visitor has just done', async () => {
    const { to } = await operator.act('block', '*:told.example');
    expect(toldIn((await operator.get(to)).body)).toMatch(/^Block, done/);
    expect(toldIn((await reader.get(to)).body)).toBeUndefined();
    for (const did of ['999999', '-1', '1e3', 'x', '<b>'])
      expect(toldIn((await operator.get(`/actions?did=${did}`)).body)).toBeUndefined();
  });

  test('a program does it by HTTP basic and hears what came of it', async () => {
    const post = (subject: string) =>
      open.site.inject({ method: 'POST', url: '/actions/block', headers: open.basic(), payload: { subject } });
    expect((await post('*:program.example')).json()).toMatchObject({ state: 'done' });
    const twice = await post('*:program.example');
    expect([twice.statusCode, twice.json()]).toEqual([409, expect.objectContaining({ state: 'nothing' })]);
    expect((await post('nobody')).statusCode).toBe(404);
  });

  test('the audit is paged, and filtered by who and by what it was done to', async () => {
    for (let index = 0; index < 55; index += 1) {
      const deed = { by: `operator ${index % 2}`, act: 'unblock', subject: '*:page.example' } as const;
      await audited(open.database, deed, async () => ({ state: 'nothing', text: 'they were not blocked' }));
    }
    const first = (await operator.get('/audit')).body;
    expect(first.match(/<tr id="a/g)).toHaveLength(50);
    const next = /href="([^"]+)" rel="next"/.exec(first)![1]!.replaceAll('&amp;', '&');
    const second = (await operator.get(next)).body;
    const ids = (body: string) => [...body.matchAll(/<tr id="a(\d+)"/g)].map(([, id]) => Number(id));
    expect(Math.max(...ids(second))).toBe(Math.min(...ids(first)) - 1);
    const filtered = (await operator.get('/audit?by=operator&subject=*%3Atwice.example')).body;
    expect(ids(filtered)).toHaveLength(2);
    expect(ids((await operator.get('/audit?by=operator%201')).body)).toHaveLength(27);
    expect(ids((await operator.get('/audit?by=nobody')).body)).toHaveLength(0);
  }, 60_000);
});
