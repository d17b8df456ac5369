import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventId, opId, type SessionId, type UserId } from '../../shared/ids/ids.ts';
import { block } from '../../shared/store/blocked.ts';
import { recordFileIn } from '../../shared/store/files-in.ts';
import { recordOffer, recordRefused } from '../../shared/store/files-out.ts';
import { addGuest } from '../../shared/store/guests.ts';
import { recordSpent } from '../../shared/store/turn-spent.ts';
import { openTestSite, type TestSite } from './test-site.ts';
import { harmIn } from './testing/harm.ts';
import { HOSTILE_TEXTS } from './testing/hostile-texts.ts';
import { testRecord } from './testing/test-record.ts';

const ANN = '@ann:example.org' as UserId;

// Names of rooms, people, files, commands, reasons, codes: everything on these pages that somebody else has chosen.
describe.skipIf(!process.env.DATABASE_URL)('whatever people call things', () => {
  let open: TestSite;
  const turns: string[] = [];
  const people: string[] = [];
  const rooms: string[] = [];
  beforeAll(async () => {
    open = await openTestSite();
    const { database } = open;
    const record = testRecord(database);
    for (const [index, text] of HOSTILE_TEXTS.entries()) {
      const clean = text.replaceAll('\0', '');
      const person = `@${clean.replace(/[:\s]/g, '').slice(0, 200)}:${index}` as UserId;
      const room = await record.room(clean, index % 2 === 0 ? ANN : person);
      const event = await record.ask(room, person, clean, {
        name: clean,
        type: index % 3 === 0 ? 'command' : 'message',
      });
      const workspace = `chat-${index}` as SessionId;
      await recordFileIn(database, {
        ...{ event, room, sender: person, position: 1, workspace, sha256: null },
        ...{ name: clean, path: null, mime: null, size: 1, failure: 'file_too_large' },
      });
      const op = opId('file', index);
      const offer = { path: clean, name: clean, mime: clean };
      await recordOffer(database, { op, room, cause: event, workspace, offer });
      await recordRefused(database, op, { code: clean as 'internal', reason: clean });
      await record.answer(room, { state: 'failed', code: clean, course: { worker: clean } });
      await addGuest(database, room, person);
      await recordSpent(database, { event, person, tokens: 1, cost: 0 });
      if (index % 5 === 0) await block(database, { subject: person, reason: clean, by: clean });
      const rejected = { key: `$${clean.slice(0, 200)}${index}`, lane: `room/${room}`, reason: clean || 'x' };
      await record.take({ rejects: [rejected] });
      turns.push(event);
      people.push(person);
      rooms.push(room);
    }
  });
  afterAll(() => open.close());

  const check = async (url: string) => {
    const { statusCode, body } = await open.site.inject({ url, headers: { ...open.basic(), accept: 'text/html' } });
    expect(statusCode, url).toBe(200);
    expect(harmIn(body), url).toEqual([]);
  };

  test('the lists show it harmlessly, with filters that are as hostile', async () => {
    await check('/rooms?kind=all');
    await check('/people');
    for (const text of HOSTILE_TEXTS) {
      const hostile = encodeURIComponent(text.slice(0, 1_500));
      await check(`/rooms?name=${hostile}&owner=${hostile}&state=${hostile}&at=${hostile}&after=${hostile}`);
      await check(`/people?name=${hostile}&blocked=${hostile}`);
    }
  });

  test('the pages of each room, person and turn do', async () => {
    for (const id of rooms) await check(`/rooms/${encodeURIComponent(id)}`);
    for (const id of turns) await check(`/turns/${encodeURIComponent(id as EventId)}`);
    const known = people.filter((id) => !/\p{Cc}/u.test(id) && id.length <= 255);
    for (const id of known) await check(`/people/${encodeURIComponent(id)}`);
    expect(known.length).toBeGreaterThan(HOSTILE_TEXTS.length / 2);
  });

  test('what is not there says so as harmlessly', async () => {
    for (const text of HOSTILE_TEXTS) {
      for (const place of ['rooms/!', 'people/@', 'turns/$']) {
        const url = `/${place}${encodeURIComponent(text.slice(0, 100))}`;
        const { body } = await open.site.inject({ url, headers: { ...open.basic(), accept: 'text/html' } });
        expect(harmIn(body), url).toEqual([]);
      }
    }
  });
});
