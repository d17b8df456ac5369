import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMatrixHttp, type MatrixHttp, type MatrixRequest } from '../../shared/matrix/http.ts';
import { HOMESERVER, newPerson, type TestPerson } from '../../shared/matrix/test-people.ts';
import { Readiness } from '../../shared/runtime/health.ts';
import { ProgressWatch } from '../../shared/runtime/progress.ts';
import { type FreshDatabase, freshDatabase } from '../../shared/store/fresh-database.ts';
import { startIngress } from './test-ingress.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });
const soon = { timeout: 15_000, interval: 20 };
/** A long poll of 300 ms is quiet for 300 ms. */
const POLL = { ms: 300, marginMs: 3_000 };

describe.skipIf(!HOMESERVER || !process.env.DATABASE_URL)('a sync', () => {
  let bot: TestPerson;
  let database: FreshDatabase;
  let http: MatrixHttp;
  let readiness: Readiness;
  let failures: unknown[];
  let watch: ProgressWatch;
  const ends: (() => unknown)[] = [];
  beforeEach(async () => {
    bot = await newPerson('bot', { bot: true });
    database = await freshDatabase(4);
    http = createMatrixHttp({ baseUrl: HOMESERVER!, accessToken: bot.accessToken });
    readiness = new Readiness([]);
    failures = [];
    watch = new ProgressWatch(readiness, (error) => failures.push(error), 20);
  });
  afterEach(async () => {
    watch.stop();
    for (const end of ends.splice(0).reverse()) await end();
    await http.close();
    await bot.http.close();
    await database.drop();
  });

  test('that is never answered, and whose abort ends nothing, is said to stand still, and ends the process', async () => {
    let dead = false;
    let hanging = 0;
    const release = Promise.withResolvers<never>();
    ends.push(() => release.reject(new Error('the test is over')));
    release.promise.catch(() => {});
    const request = <T>(asked: MatrixRequest): Promise<T> => {
      if (!dead || asked.kind !== 'sync') return http.request<T>(asked);
      hanging += 1;
      return release.promise;
    };
    const progress = watch.of('sync moves', { unreadyMs: 1_000, endMs: 2_000 });
    const options = { url: HOMESERVER!, poll: POLL, http: { ...http, request }, progress };
    const ingress = startIngress(bot, database, options);
    ends.push(() => {
      release.reject(new Error('the test is over'));
      return ingress.stop();
    });
    await expect.poll(() => ingress.readiness.reasons(), soon).toEqual([]);
    dead = true;
    await expect.poll(() => hanging, soon).toBe(1);
    await expect.poll(() => readiness.reasons()[0]?.need, soon).toBe('sync moves');
    await expect.poll(() => failures, soon).toEqual([expect.objectContaining({ code: 'stalled' })]);
  });

  test('in which nothing happens is well, and so is a standby', async () => {
    let unready = 0;
    const watched = setInterval(() => (unready += readiness.reasons().length), 20);
    ends.push(() => clearInterval(watched));
    const begin = () => {
      const progress = watch.of('sync moves', { unreadyMs: 2_500, endMs: 5_000 });
      const ingress = startIngress(bot, database, { url: HOMESERVER!, poll: POLL, progress });
      ends.push(() => ingress.stop());
      return ingress;
    };
    const both = [begin(), begin()];
    const active = () => both.filter((one) => one.readiness.reasons().length === 0).length;
    await expect.poll(active, soon).toBe(1);
    const until = performance.now() + 4_000;
    await expect.poll(() => performance.now() > until, soon).toBe(true);
    expect({ unready, failures }).toEqual({ unready: 0, failures: [] });
  });
});
