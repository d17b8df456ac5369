import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnv } from '../../../shared/config/read-env.ts';
import type { EventId, RoomId, UserId } from '../../../shared/ids/ids.ts';
import { openAdmission } from '../../../shared/limits/admission.ts';
import { LIMIT_NAMES, limitsOf } from '../../../shared/limits/limits.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { block } from '../../../shared/store/blocked.ts';
import { addGuest } from '../../../shared/store/guests.ts';
import { recordLanguage } from '../../../shared/store/people.ts';
import { recordSpent } from '../../../shared/store/turn-spent.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { testRecord } from '../testing/test-record.ts';

const ANN = '@ann:example.org' as UserId;
const GUEST = '@guest:example.org' as UserId;
const SPAMMER = '@spammer:evil.example' as UserId;

describe.skipIf(!process.env.DATABASE_URL)('people', () => {
  let open: TestSite;
  let tomatoes: RoomId;
  beforeAll(async () => {
    open = await openTestSite();
    const { database, wakes } = open;
    const record = testRecord(database);
    tomatoes = await record.room('Tomatoes', ANN);
    const first = await record.ask(tomatoes, ANN, 'do not show this');
    await record.answer(tomatoes);
    await record.ask(tomatoes, ANN);
    await record.ask(tomatoes, GUEST);
    await recordLanguage(database, ANN, 'ru');
    await addGuest(database, tomatoes, GUEST);
    await recordSpent(database, { event: first, person: ANN, tokens: 4_321, cost: 0.5 });
    await record.room('Spam', SPAMMER);
    await block(database, { subject: '*:evil.example', reason: 'spam', by: 'root' });
    for (let n = 1; n <= 60; n += 1) await record.room(null, `@person${n}:example.org` as UserId);
    const parts = { redis: wakes.redis, namespace: database.namespace, database, log: createLog('silent', {}) };
    const admission = openAdmission(limitsOf(readEnv({}, LIMIT_NAMES)), parts);
    for (const event of ['$a', '$b'] as EventId[])
      await admission.admit({ person: ANN, room: tomatoes, event, lane: 'x', position: 1, begun: false });
  });
  afterAll(() => open.close());

  const get = (url: string) => open.site.inject({ url, headers: { ...open.basic(), accept: 'text/html' } });
  const page = (id: string) => get(`/people/${encodeURIComponent(id)}`);
  const idsIn = (body: string) =>
    [...body.matchAll(/<th scope="row"><a [^>]*><bdi class="id">([^<]*)</g)].map(([, id]) => id!);
  const nextIn = (body: string) => /<a href="([^"]+)" rel="next">/.exec(body)?.[1]?.replaceAll('&amp;', '&');

  test('are listed page by page, each once', async () => {
    const { body } = await get('/people');
    const rest = await get(nextIn(body)!);
    const ids = [...idsIn(body), ...idsIn(rest.body)];
    expect([ids.length, new Set(ids).size, nextIn(rest.body)]).toEqual([62, 62, undefined]);
  });

  test.each([
    ['work=1', [ANN]],
    ['blocked=1', [SPAMMER]],
    ['name=SPAM', [SPAMMER]],
    ['name=person60', ['@person60:example.org']],
    ['blocked=1&work=1', []],
    ['at=x&after=%00&name=%00', undefined],
  ])('?%s', async (query, ids) => {
    const { statusCode, body } = await get(`/people?${query}`);
    expect(statusCode).toBe(200);
    if (ids) expect(idsIn(body)).toEqual(ids);
  });

  test('a person’s page has their rooms, limits with what is used, language, and what waits, and nothing they wrote', async () => {
    const { statusCode, body } = await page(ANN);
    expect(statusCode).toBe(200);
    expect(body).toContain('Tomatoes');
    expect(body).toContain('1 message in 1 room');
    const text = body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    expect(text).toContain('turns within 60 seconds 2 600');
    expect(text).toContain('tokens within 24 hours 4,321 no limit');
    expect(text).toContain('Language ru');
    expect(text).toMatch(/Tomatoes message answered/);
    expect(body).not.toContain('do not show this');
  });

  test('tells of a guest’s rooms and of turns in them', async () => {
    const { statusCode, body } = await page(GUEST);
    expect([statusCode, body.includes('Guest in')]).toEqual([200, true]);
    expect(body).toMatch(/badge warn">waits/);
  });

  test('says who shut somebody out, also with all of their homeserver', async () => {
    expect((await page(SPAMMER)).body).toContain('Everybody of evil.example is shut out by root (“spam”)');
    expect((await page('@never-seen:evil.example')).statusCode).toBe(200);
  });

  test.each(['@nobody:example.org', 'ann', '@ann', '@ann:\0', '@:', '@a\nb:c', `@${'x'.repeat(300)}:y`])(
    '%s is not known, and the page says so',
    async (id) => expect((await page(id)).statusCode).toBe(404),
  );
});
