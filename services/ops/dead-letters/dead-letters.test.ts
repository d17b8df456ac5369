import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { intake } from '../../../shared/lane/intake.ts';
import { answer, testWorker } from '../../../shared/lane/test-lane.ts';
import { auditEntries } from '../../../shared/store/ops-audit.ts';
import { addReader, READER, testVisitor } from '../actions/test-visitor.ts';
import { failedWakes } from '../queues/test-failed-wakes.ts';
import { openTestSite, type TestSite } from '../test-site.ts';

const SECRET = 'rutabaga';
const ROOM = '!letters:here';
const LANE = `room/${ROOM}`;

describe.skipIf(!process.env.DATABASE_URL)('dead letters', () => {
  let open: TestSite;
  let operator: Awaited<ReturnType<typeof testVisitor>>;
  let reader: Awaited<ReturnType<typeof testVisitor>>;
  beforeAll(async () => {
    open = await openTestSite();
    await addReader(open);
    operator = await testVisitor(open);
    reader = await testVisitor(open, READER.name, READER.password);
    const items = ['$one', '$two'].map((key) => ({ key, lane: LANE, queue: 'turns', body: SECRET }));
    const rejects = Array.from({ length: 55 }, (_, index) => ({
      key: `$odd-${index}`,
      lane: LANE,
      reason: `<b>no ${index}`,
    }));
    await intake(open.database.run, { source: 'test', from: '', to: 't1', items, rejects });
    const refused = testWorker(open.database.run, {
      run: async (item, context) =>
        (await answer(item, context)).map((send) => ({ ...send, body: { say: { type: 'answer', text: SECRET } } })),
      deliver: async () => {
        throw new SurfacesError('matrix_refused', 'M_FORBIDDEN: the bot may not write there');
      },
    });
    expect([await refused.go(LANE), await refused.go(LANE)]).toEqual(['done', 'done']);
  });
  afterAll(() => open.close());

  const outcomes = async (count: number) =>
    (await auditEntries(open.database, { limit: count })).map(({ act, subject, outcome }) => [
      act,
      subject,
      outcome?.split(':')[0],
    ]);

  test('what was refused for good is listed without a word of it; said again under its operation id, or discarded', async () => {
    const page = (await operator.get('/dead-letters')).body;
    expect(page).toContain('matrix_refused: M_FORBIDDEN');
    expect(page.match(/Say again …/g)).toHaveLength(2);
    expect(page).not.toContain(SECRET);
    const { told, to } = await operator.act('retry-send', 'answer $one');
    expect([told, to]).toEqual([
      expect.stringMatching(/^Say again, done/),
      expect.stringMatching(/^\/dead-letters\?kind=sends&did=/),
    ]);
    const worker = testWorker(open.database.run);
    expect(await worker.go(LANE)).toBe('flushed');
    expect(worker.said).toEqual(['answer $one']);
    expect((await operator.act('discard-send', 'answer $two')).told).toMatch(/^Discard a message, done/);
    expect((await operator.get('/dead-letters')).body).toContain('There are none.');
    expect(await worker.go(LANE)).toBe('idle');
    expect(await outcomes(2)).toEqual([
      ['discard-send', 'answer $two', 'done'],
      ['retry-send', 'answer $one', 'done'],
    ]);
  });

  test('what was not understood is listed page by page, none twice and none left out, and discarded', async () => {
    const seen: string[] = [];
    for (let next: string | undefined = '/dead-letters?kind=events'; next; ) {
      const { body } = await operator.get(next);
      expect(body).not.toContain('<b>no');
      seen.push(...[...body.matchAll(/\$odd-\d+(?=<\/bdi)/g)].map(([id]) => id));
      next = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    }
    expect([seen.length, new Set(seen).size]).toEqual([55, 55]);
    expect((await operator.act('discard-reject', '$odd-7')).told).toMatch(/^Discard an event, done/);
    expect((await operator.get('/actions/discard-reject?subject=%24odd-7')).statusCode).toBe(404);
    expect(await outcomes(1)).toEqual([['discard-reject', '$odd-7', 'done']]);
  });

  test('failed jobs are listed, retried and discarded', async () => {
    // What was woken before, and nobody was there to hear.
    await open.forget();
    operator = await testVisitor(open);
    reader = await testVisitor(open, READER.name, READER.password);
    const [one, two] = (await failedWakes(open, ['!a:here', '!b:here'])).map((id) => `turns/${id}`) as [string, string];
    const queue = open.wakes.queue('turns');
    const page = (await operator.get('/dead-letters?kind=jobs')).body;
    expect(page).toContain('broken');
    expect((await operator.act('retry-job', one)).told).toMatch(/^Retry a job, done/);
    expect((await operator.act('discard-job', two)).told).toMatch(/^Discard a job, done/);
    expect([await queue.getFailedCount(), await queue.getWaitingCount()]).toEqual([0, 1]);
    expect(await outcomes(2)).toEqual([
      ['discard-job', two, 'done'],
      ['retry-job', one, 'done'],
    ]);
  });

  test('a reader sees them, and no button', async () => {
    const { body, statusCode } = await reader.get('/dead-letters?kind=events');
    expect(statusCode).toBe(200);
    expect(body).toContain('$odd-1');
    expect(body).not.toContain('/actions/');
  });

  test.each([
    '?kind=x',
    '?kind=events&at=1e9&after=x',
    '?kind=events&at=9999999999999999&after=%00',
    '?at=5',
    '?kind=events&kind=jobs',
    '?kind=sends&at=1&after=%F0%9F',
  ])('whatever the address says, a page comes: %s', async (query) =>
    expect((await operator.get(`/dead-letters${query}`)).statusCode).toBe(200),
  );
});
