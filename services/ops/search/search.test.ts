import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventId, opId, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import { askQuestion, recordAsked } from '../../../shared/store/questions.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { harmIn } from '../testing/harm.ts';
import { HOSTILE_TEXTS } from '../testing/hostile-texts.ts';
import { testRecord } from '../testing/test-record.ts';

const ANN = '@ann:example.org' as UserId;
const BO = '@bo:example.org' as UserId;

describe.skipIf(!process.env.DATABASE_URL)('search', () => {
  let open: TestSite;
  let tomatoes: RoomId;
  let asked: EventId;
  let answer: { op: string; id: EventId };
  beforeAll(async () => {
    open = await openTestSite();
    const record = testRecord(open.database);
    tomatoes = await record.room('Tomatoes', ANN);
    await record.room('Potatoes', ANN);
    await record.room('Beans 50 %', BO);
    asked = await record.ask(tomatoes, ANN);
    answer = await record.answer(tomatoes);
    const edited = { key: '$edit', target: asked, kind: 'replace', body: {} } as const;
    await record.take({ amendments: [edited], rejects: [{ key: '$strange', reason: 'no body' }] });
    const subject = { kind: 'permission', lane: `room/${tomatoes}`, alwaysOffered: false } as const;
    const question = { roomId: tomatoes, person: ANN, title: 'delete it', subject, language: 'en' as const };
    await askQuestion(open.database, { ...question, id: 'ask1', cause: asked, ttlMs: 60_000 });
    await askQuestion(open.database, { ...question, id: opId('ask', 2), cause: asked, ttlMs: 60_000 });
    await recordAsked(open.database, 'ask1', '$question' as EventId);
  });
  afterAll(() => open.close());

  const search = (q: string, more = '') =>
    open.site.inject({
      url: `/search?q=${encodeURIComponent(q)}${more}`,
      headers: { ...open.basic(), accept: 'text/html' },
    });

  test('leads from an id or a link of any kind to the one page that it means', async () => {
    const [room, turn, person] = [
      `/rooms/${encodeURIComponent(tomatoes)}`,
      `/turns/${encodeURIComponent(asked)}`,
      `/people/${encodeURIComponent(ANN)}`,
    ];
    const table: [string, string][] = [
      [tomatoes, room],
      [` ${tomatoes} `, room],
      [`https://matrix.to/#/${encodeURIComponent(tomatoes)}?via=example.org`, room],
      ['chat-1', room],
      [opId('room', 1), room],
      ['tomato', room],
      [asked, turn],
      [answer.id, turn],
      ['$edit', turn],
      ['$question', turn],
      [`https://matrix.to/#/${tomatoes}/${answer.id}?via=example.org`, turn],
      [opId('turn', asked), turn],
      [answer.op, turn],
      [`${answer.op}.final`, turn],
      [`${answer.op}.3.0`, turn],
      [opId('ask', 2), turn],
      [ANN, person],
      [`https://matrix.to/#/${ANN}`, person],
      ['ann:exam', person],
    ];
    for (const [text, to] of table) {
      const { statusCode, headers } = await search(text);
      expect([statusCode, headers.location], text).toEqual([302, to]);
    }
  });

  test('lists what fits where that is more than one', async () => {
    const { statusCode, body } = await search('toes');
    expect(statusCode).toBe(200);
    expect(body).toContain('Tomatoes');
    expect(body).toContain('Potatoes');
    expect(body).not.toContain('Beans');
    // A sign that means something to a database is a sign like any other.
    expect((await search('50 %')).headers.location).toMatch(/^\/rooms\//);
    expect((await search('_')).statusCode).toBe(404);
  });

  test.each([
    ['!unknown:example.org', /no room with this id/],
    ['@nobody:example.org', /knows nobody with this id/],
    ['$unknown', /Look through everything/],
    ['$strange', /could not be understood: no body/],
    ['#tomatoes:example.org', /not by their addresses/],
    ['https://matrix.to/#/%23tomatoes:example.org', /not by their addresses/],
    ['pumpkin', /No id, no room’s name/],
    [opId('turn', '$unknown'), /an operation, a question or a turn/],
  ])('%s does not exist, and it says what to do', async (text, said) => {
    const { statusCode, body } = await search(text);
    expect(statusCode).toBe(404);
    expect(body).toMatch(said);
  });

  test('tells of a link whose room is known that nothing came of its event', async () => {
    expect((await search(`https://matrix.to/#/${tomatoes}/$unknown`)).body).toContain('The room of this link is known');
  });

  test('without anything to search for, says what can be', async () => {
    for (const url of ['/search', '/search?q=', '/search?q=%20', '/search?q=&q=x', '/search?other=1'])
      expect((await open.site.inject({ url, headers: open.basic() })).body, url).toContain('a piece of a room’s name');
  });

  test('has an answer to whatever it is asked', async () => {
    const more = ['\0', '\ud800', '$', '!', '@', '@:', '$\0', '!\n', '$'.repeat(300), 'v'.repeat(26), '%', '\\'];
    for (const text of [...HOSTILE_TEXTS, ...HOSTILE_TEXTS.map((each) => `@${each}:x`), ...more]) {
      for (const all of ['', '&all=1']) {
        const { statusCode, body } = await search(text.toWellFormed().slice(0, 2_000), all);
        expect([200, 302, 404], text).toContain(statusCode);
        expect(harmIn(body), text).toEqual([]);
      }
    }
  });
});
