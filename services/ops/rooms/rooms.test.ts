import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { laneOf, opId, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import { addGuest } from '../../../shared/store/guests.ts';
import { attemptOperation, finishOperation } from '../../../shared/store/operations.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { type TestRecord, testRecord } from '../testing/test-record.ts';

const ANN = '@ann:example.org' as UserId;
const BO = '@bo:example.org' as UserId;
const CY = '@cy:example.org' as UserId;

describe.skipIf(!process.env.DATABASE_URL)('rooms', () => {
  let open: TestSite;
  let busy: RoomId;
  let record: TestRecord;
  beforeAll(async () => {
    open = await openTestSite();
    record = testRecord(open.database);
    busy = await record.room('Tomatoes', ANN);
    await record.ask(busy, ANN);
    await record.answer(busy, { state: 'failed', code: 'agent_timeout' });
    await record.ask(busy, CY, 'do not show this');
    await record.ask(busy, ANN);
    await record.ask(busy, ANN, '!stop', { type: 'command', name: 'stop', rest: '' }, laneOf.control(busy));
    await addGuest(open.database, busy, CY);
    await record.take({ rejects: [{ key: '$strange', lane: laneOf.room(busy), reason: 'no body' }] });
    for (let n = 1; n <= 120; n += 1) await record.room(`Room ${n}`, BO, n <= 5 ? { state: 'archived' } : {});
    await record.room('Bo’s agents', BO, { kind: 'space' });
    // Sixty that were used at the very same time, to the microsecond: more than a page.
    const same = `UPDATE room SET last_turn_at = date_trunc('day', now()) + interval '123456 microseconds' WHERE name ~ '^Room [0-9]*[02468]$'`;
    await open.database.run({ name: 'same_time', text: same });
  });
  afterAll(() => open.close());

  const get = (url: string) => open.site.inject({ url, headers: { ...open.basic(), accept: 'text/html' } });
  const namesIn = (body: string) =>
    [...body.matchAll(/<th scope="row"><a [^>]*><bdi>([^<]*)<\/bdi>/g)].map(([, name]) => name!);
  const nextIn = (body: string) => /<a href="([^"]+)" rel="next">/.exec(body)?.[1]?.replaceAll('&amp;', '&');

  test('are listed page by page, the one used last first, each once', async () => {
    const seen: string[] = [];
    let pages = 0;
    for (let url: string | undefined = '/rooms'; url; pages += 1) {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(200);
      seen.push(...namesIn(body));
      url = nextIn(body);
    }
    expect([pages, seen.length, new Set(seen).size]).toEqual([3, 121, 121]);
    expect(seen).not.toContain('Bo’s agents');
    const [{ names }] = (await open.database.run<{ names: string[] }>({
      name: 'in_order',
      text: `SELECT array_agg(name ORDER BY coalesce(last_turn_at, created_at) DESC, room_id) AS names FROM room WHERE kind = 'chat'`,
    })) as [{ names: string[] }];
    expect(seen).toEqual(names);
  });

  test.each([
    ['name=tomato', ['Tomatoes']],
    [`owner=${encodeURIComponent(ANN)}`, ['Tomatoes']],
    ['work=1', ['Tomatoes']],
    ['kind=space', ['Bo’s agents']],
    ['state=archived&name=room', ['Room 1', 'Room 2', 'Room 3', 'Room 4', 'Room 5']],
    ['name=%25', []],
    ['name=no+such', []],
  ])('?%s', async (query, names) => {
    const { statusCode, body } = await get(`/rooms?${query}`);
    expect([statusCode, namesIn(body).sort()]).toEqual([200, names]);
  });

  test('keep their filters from page to page', async () => {
    const next = nextIn((await get(`/rooms?owner=${encodeURIComponent(BO)}&state=active`)).body)!;
    expect(next).toContain('state=active');
    expect(namesIn((await get(next)).body)).toHaveLength(50);
  });

  test.each([
    'at=x&after=y',
    'at=99999999999999999999&after=y',
    'at=1&at=2',
    'at=1',
    'after=%00',
    'state=%00',
    'owner[]=x',
  ])('?%s is no error', async (query) => expect((await get(`/rooms?${query}`)).statusCode).toBe(200));

  test('a room’s page says what goes on, what waits, who is there and what failed, and nothing that was written', async () => {
    const { statusCode, body } = await get(`/rooms/${encodeURIComponent(busy)}`);
    expect(statusCode).toBe(200);
    for (const text of ['Tomatoes', busy, 'chat-1', ANN, CY, 'agent_timeout', 'no body', 'commands that overtake'])
      expect(body, text).toContain(text);
    expect(body).toMatch(/2 messages wait and nobody holds the lane, for \d+ s\. No turn-worker is connected/);
    expect(body).toContain('No ingress is active');
    expect(body).not.toContain('do not show this');
    expect(body).not.toContain('what agents answer');
    expect(body.match(/<span class="badge warn">waits/g)).toHaveLength(2);
  });

  test.each(['!unknown:example.org', 'x', '%00', '%21%00', '!', `!${'x'.repeat(400)}`, '%0a'])(
    '/rooms/%s is not there, and says so',
    async (id) => {
      const { statusCode, body } = await get(`/rooms/${id}`);
      expect([statusCode, body.includes('Room not known')]).toEqual([404, true]);
    },
  );

  test('a room’s page names what was saved there, once it is', async () => {
    const kept = await record.room('Kept', BO, { state: 'archived' });
    const save = { type: 'command', name: 'save', rest: 'plans' };
    const saved = opId('save', await record.ask(kept, BO, '!save plans', save));
    await attemptOperation(open.database, saved, 'save');
    await finishOperation(open.database, saved, { name: 'plans <b>' });
    await record.ask(kept, BO, '!save', { ...save, rest: '' });
    const { body } = await get(`/rooms/${encodeURIComponent(kept)}`);
    expect(body).toContain('Saved here');
    expect(body.match(/plans &lt;b>/g)).toHaveLength(1);
  });
});
