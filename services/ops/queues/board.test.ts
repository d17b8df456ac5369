import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEntries } from '../../../shared/store/ops-audit.ts';
import { addReader, READER, testVisitor } from '../actions/test-visitor.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { failedWakes } from './test-failed-wakes.ts';

describe.skipIf(!process.env.DATABASE_URL)('Bull Board', () => {
  let open: TestSite;
  let ids: string[];
  beforeAll(async () => {
    open = await openTestSite();
    await addReader(open);
    ids = await failedWakes(open, ['!a:here', '!b:here', '!c:here']);
  });
  afterAll(() => open.close());

  /** As Bull Board's own script in a browser asks: with the cookie's token in a header, unless something else is given. */
  async function board(visitor: Awaited<ReturnType<typeof testVisitor>>) {
    const page = await open.site.inject({ url: '/queues', cookies: visitor.cookies });
    const token = page.cookies.find(({ name }) => name === 'XSRF-TOKEN')!;
    return {
      token,
      put: (path: string, headers: Record<string, string> = {}, without = '') =>
        open.site.inject({
          method: 'PUT',
          url: `/queues/api/queues/${path}`,
          cookies: visitor.cookies,
          headers: Object.fromEntries(
            Object.entries({ 'sec-fetch-site': 'same-origin', 'x-xsrf-token': token.value, ...headers }).filter(
              ([name]) => name !== without,
            ),
          ),
        }),
      queues: async () =>
        (await open.site.inject({ url: '/queues/api/queues', cookies: visitor.cookies })).json().queues,
    };
  }
  const waiting = () => open.wakes.queue('turns').getWaitingCount();

  test('an operator retries a job, and all that failed; both stand in the audit', async () => {
    const { put, queues, token } = await board(await testVisitor(open));
    expect(token).toMatchObject({ sameSite: 'Strict', path: '/queues' });
    expect((await queues())[0]).toMatchObject({ readOnlyMode: false, allowRetries: true });
    expect((await put(`turns/${ids[0]}/retry`)).statusCode).toBe(204);
    expect(await waiting()).toBe(1);
    expect((await put('turns/retry/failed')).statusCode).toBe(200);
    expect(await waiting()).toBe(3);
    expect((await put(`turns/${ids[0]}/retry`)).statusCode).toBe(400);
    const rows = await auditEntries(open.database, { limit: 3 });
    expect(rows.map(({ by, act, subject, outcome }) => [by, act, subject, outcome])).toEqual([
      ['operator', 'retry-job', `turns/${ids[0]}`, 'nothing: refused, 400'],
      ['operator', 'retry-jobs', 'turns', 'done: they are in their queue again'],
      ['operator', 'retry-job', `turns/${ids[0]}`, 'done: it is in its queue again'],
    ]);
  });

  test('a request that another site makes a browser send does nothing, nor one without the token', async () => {
    const { put } = await board(await testVisitor(open));
    const before = (await auditEntries(open.database, { limit: 1 }))[0]!.id;
    const others: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'x-xsrf-token': 'forged' },
    ];
    for (const headers of others)
      expect((await put('turns/retry/failed', headers)).statusCode, JSON.stringify(headers)).toBe(403);
    const elsewhere = { origin: 'https://evil.example' };
    expect((await put('turns/retry/failed', elsewhere, 'sec-fetch-site')).statusCode).toBe(403);
    expect((await put('turns/retry/failed', {}, 'x-xsrf-token')).statusCode).toBe(403);
    expect((await auditEntries(open.database, { limit: 1 }))[0]!.id).toBe(before);
  });

  test('a reader sees queues that are to be read only, and changes nothing', async () => {
    const { put, queues } = await board(await testVisitor(open, READER.name, READER.password));
    for (const queue of await queues()) expect(queue).toMatchObject({ readOnlyMode: true, allowRetries: false });
    expect((await put('turns/retry/failed')).statusCode).toBe(403);
  });

  test('nobody does more than retry', async () => {
    const { put } = await board(await testVisitor(open));
    for (const path of [
      'pause',
      'turns/pause',
      'turns/empty',
      'turns/obliterate',
      'turns/clean/wait',
      `turns/${ids[1]}/clean`,
      'turns/promote',
    ])
      expect((await put(path)).statusCode, path).toBe(403);
    expect(await waiting()).toBe(3);
    const post = {
      method: 'POST',
      url: '/queues/api/queues/turns/add',
      headers: open.basic(),
      payload: { name: 'x', data: {} },
    } as const;
    expect((await open.site.inject(post)).statusCode).toBe(403);
  });
});
