import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from '../../shared/lane/intake.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { storePage } from './store-page.ts';
import { rejectsOf } from './test-ingress.ts';

const log = createLog('silent', {});
const item = (key: string, text = key) => ({ key, lane: 'room/!a', queue: 'turns', body: { text } });

describe.skipIf(!process.env.DATABASE_URL)('a page that the database refuses for what stands in it', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(2);
  });
  afterAll(() => database.drop());

  const keys = () =>
    database.run<{ key: string; seq: number }>({
      name: 'test_keys',
      text: 'SELECT key, seq FROM lane_item ORDER BY seq',
    });

  test('is taken in without it, in order, and moves the token', async () => {
    const page = (from: string, to: string, more: Partial<Page>): Page => ({
      source: 's',
      from,
      to,
      items: [],
      ...more,
    });
    await storePage(database.run, page('', 't1', { items: [item('a')] }), log);
    const amendments = [
      { key: 'e1', target: 'a', kind: 'replace' as const, body: { text: 'half \ud83d' } },
      { key: 'e2', target: 'a', kind: 'withdraw' as const },
    ];
    const bad = page('t1', 't2', { items: [item('b'), item('nul', 'a\0b'), item('c')], amendments });
    const taken = await storePage(database.run, bad, log);
    expect(taken).toMatchObject({ accepted: true, fresh: 2 });
    expect(taken.wakes).toContainEqual({ lane: 'room/!a', queue: 'turns' });
    expect(await keys()).toEqual([
      { key: 'a', seq: 1 },
      { key: 'b', seq: 2 },
      { key: 'c', seq: 3 },
    ]);
    expect((await rejectsOf(database)).map((reject) => reject.key).toSorted()).toEqual(['e1', 'nul']);
    expect(await storePage(database.run, bad, log)).toMatchObject({ accepted: false });
    expect(await storePage(database.run, page('t2', 't3', { items: [item('d')] }), log)).toMatchObject({ fresh: 1 });
  });

  test('is left to the other ingress, if there is one', async () => {
    const page: Page = { source: 's', from: 'old', to: 'new', items: [item('x', '\0')] };
    expect(await storePage(database.run, page, log)).toMatchObject({ accepted: false, fresh: 0 });
  });
});
