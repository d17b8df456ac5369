import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import {
  type EventId,
  laneOf,
  type OpId,
  opId,
  type RoomId,
  type SessionId,
  type UserId,
} from '../../../shared/ids/ids.ts';
import { NotYet } from '../../../shared/lane/not-yet.ts';
import { Parked } from '../../../shared/lane/park.ts';
import { giveFiles, recordFileIn } from '../../../shared/store/files-in.ts';
import { recordOffer, recordUploaded } from '../../../shared/store/files-out.ts';
import { askQuestion, settleQuestion } from '../../../shared/store/questions.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { type TestRecord, testRecord } from '../testing/test-record.ts';

const ANN = '@ann:example.org' as UserId;

describe.skipIf(!process.env.DATABASE_URL)('the timeline of a turn', () => {
  let open: TestSite;
  let record: TestRecord;
  beforeAll(async () => {
    open = await openTestSite();
    record = testRecord(open.database);
  });
  afterAll(() => open.close());

  const get = async (event: string) => {
    const url = `/turns/${encodeURIComponent(event)}`;
    const { statusCode, headers, body } = await open.site.inject({
      url,
      headers: { ...open.basic(), accept: 'text/html' },
    });
    const text = body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    const steps = [...body.matchAll(/<li[^>]*><time[^>]*>.*?<div>(.*?)<\/div><\/li>/gs)].map(([, step]) =>
      step!
        .replace(/<table.*?<\/table>/s, '')
        .replace(/<[^>]+>/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    return { statusCode, location: headers.location, body, text, steps };
  };
  const question = (room: RoomId, cause: EventId, id: string) =>
    askQuestion(open.database, {
      id,
      roomId: room,
      person: ANN,
      title: 'a secret title',
      subject: { kind: 'permission', lane: laneOf.room(room), alwaysOffered: true },
      language: 'en',
      cause,
      ttlMs: 600_000,
    });

  test('tells everything in the order of time: received, leased, heard, shown, asked, files, committed, sent', async () => {
    const room = await record.room('Tomatoes', ANN);
    const event = await record.ask(room, ANN, 'a secret question');
    const workspace = 'chat-1' as SessionId;
    await recordFileIn(open.database, {
      ...{ event: '$file' as EventId, room, sender: ANN, position: 1, workspace, sha256: null },
      ...{ name: 'plan.pdf', path: 'inbox/plan.pdf', mime: 'application/pdf', size: 2_048, failure: null },
    });
    await giveFiles(open.database, event, ['$file' as EventId]);
    const file = opId('file', 1) as OpId;
    const offer = { path: 'chart.png', name: 'chart.png', mime: 'image/png' };
    const yes = await record.ask(room, ANN, '!yes', { type: 'command', name: 'yes', rest: '' }, laneOf.control(room));
    await record.answer(room, {
      text: 'a secret answer',
      meanwhile: async () => {
        await question(room, event, 'ask1');
        await settleQuestion(open.database, 'ask1', 'allowed', yes, { always: true });
        await recordOffer(open.database, { op: file, room, cause: event, workspace, offer });
        await recordUploaded(open.database, file, { name: 'chart.png', kind: 'image', mime: 'image/png', size: 5_000 });
      },
      course: {
        worker: 'turn-worker-7',
        // A worker whose clock is ahead: the steps stand in the order of their times all the same.
        startedAt: Date.now() + 60_000,
        waits: 2,
        heardFirstMs: 3,
        heardLastMs: 9,
        drafts: [
          [4, 1, 20],
          [6, 1, 3_000],
          [8, 1, 4_000],
        ],
        limited: 1,
        endedMs: 10,
      },
    });
    const { statusCode, steps, text, body } = await get(event);
    expect(statusCode).toBe(200);
    const of = (pattern: RegExp) => steps.findIndex((step) => pattern.test(step));
    const times = [...body.matchAll(/<li[^>]*><time datetime="([^"]+)"/g)].map(([, at]) => at!);
    expect(times).toHaveLength(steps.length);
    expect(times).toEqual([...times].sort());
    const order = [
      /^Sent by @ann:example\.org, as their homeserver says/,
      /^Taken in by ingress/,
      /^Stored as number 1 of its lane/,
      /^File plan\.pdf, 2\.0 KiB fetched/,
      /^Leased and begun by turn-worker-7, epoch 1, after it was put back 2 times/,
      /^First event of the agent/,
      /^First words shown, 20 B/,
      /^2 edits, the last with 3\.9 KiB/,
      /^Last event of the agent/,
    ].map(of);
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect(order).not.toContain(-1);
    for (const told of [
      /^Asked @ann:example\.org for a permission/,
      /^@ann:example\.org allowed it, for good/,
      /^The agent offers the file chart\.png/,
      /^File chart\.png, 4\.9 KiB uploaded/,
      /answered 429 1 time/,
      /^Last words of the answer, 15 B: committed/,
      /^Last words of the answer: sent/,
    ])
      expect(of(told), String(told)).toBeGreaterThan(-1);
    expect(text).toContain('waited');
    for (const id of [event, opId('turn', event), 'chat-1', opId('answer', event, 1), `logs '${event}'`])
      expect(text).toContain(id);
    expect(body).not.toMatch(/secret/);
    expect(text).toContain('17 characters asked, 15 bytes said at the end');
  });

  test('leads from an edit to what it edits', async () => {
    const room = await record.room('Edited', ANN);
    const event = await record.ask(room, ANN);
    await record.take({ amendments: [{ key: '$the-edit', target: event, kind: 'replace', body: {} }] });
    expect(await get('$the-edit')).toMatchObject({ statusCode: 302, location: `/turns/${encodeURIComponent(event)}` });
    expect((await get(event)).steps).toContain('Edited by its sender');
  });

  test('says where one stands that is not over: behind another, waiting for a person, put back, not taken', async () => {
    const room = await record.room('Busy', ANN);
    const [first, second] = [await record.ask(room, ANN), await record.ask(room, ANN)];
    expect((await get(first)).text).toContain('2 messages wait and nobody holds the lane');
    expect((await get(second)).text).toContain('It is not its turn yet: 1 item of its lane stands before it.');
    await question(room, first, 'ask2');
    await record.answer(room, { throws: new Parked(600_000) });
    const parked = await get(first);
    expect(parked.text).toMatch(/begun .*A turn waits for the answer to a permission/);
    expect((await get(second)).text).toMatch(/stands before it\. .* A turn waits for the answer to a permission/);
    const limited = await record.room('Limited', ANN);
    const over = await record.ask(limited, ANN);
    await record.answer(limited, { throws: new NotYet(60_000, 'over a limit') });
    expect((await get(over)).text).toContain('A message may not begin yet (a limit, or files that belong to it)');
  });

  test('tells how one ended that failed, and one whose answer the homeserver refused', async () => {
    const room = await record.room('Failing', ANN);
    const failed = await record.ask(room, ANN);
    await record.answer(room, { state: 'failed', code: 'agent_crashed' });
    expect((await get(failed)).text).toMatch(/Turn failed agent_crashed/);
    const unsendable = await record.ask(room, ANN);
    await record.answer(room, { refused: new SurfacesError('matrix_refused', 'M_FORBIDDEN') });
    const { text } = await get(unsendable);
    expect(text).toContain('not taken by the homeserver');
    expect(text).toContain('matrix_refused: M_FORBIDDEN');
  });

  test('names a command, but never what somebody took for one', async () => {
    const room = await record.room('Commands', ANN);
    const stop = await record.ask(
      room,
      ANN,
      '!stop',
      { type: 'command', name: 'stop', rest: '' },
      laneOf.control(room),
    );
    expect((await get(stop)).text).toContain('Command !stop');
    const odd = await record.ask(
      room,
      ANN,
      '!My Secret',
      { type: 'command', name: 'my secret', rest: '' },
      laneOf.control(room),
    );
    expect((await get(odd)).body).not.toMatch(/secret/i);
  });

  test.each(['$unknown', 'x', '\0', '$\0', '$\n', `$${'x'.repeat(500)}`])(
    '%j is not known, and the page says so',
    async (id) => {
      expect((await get(id)).statusCode).toBe(404);
    },
  );
});
