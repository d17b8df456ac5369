import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { UserId } from '../../../shared/ids/ids.ts';
import { openRedis } from '../../../shared/queue/redis.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { isBlocked } from '../../../shared/store/blocked.ts';
import { auditEntries } from '../../../shared/store/ops-audit.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { testVisitor, toldIn } from './test-visitor.ts';

describe.skipIf(!process.env.DATABASE_URL)('what an act meets on its way', () => {
  /** Statements that the database does not answer, by name. `late`: it has done them all the same. */
  const away = new Map<string, 'early' | 'late'>();
  const redis = openRedis('redis://127.0.0.1:1', 'producer', createLog('silent', {}));
  let open: TestSite;
  let operator: Awaited<ReturnType<typeof testVisitor>>;
  beforeAll(async () => {
    const holding: { database?: Database } = {};
    const database: Database = {
      async run(statement, values) {
        const how = away.get(statement.name);
        const gone = () => new SurfacesError('database_unavailable', 'Postgres does not answer');
        if (how === 'early') throw gone();
        const rows = await holding.database!.run<never>(statement, values);
        if (how === 'late') throw gone();
        return rows;
      },
      statements: 0,
      close: async () => {},
    };
    open = await openTestSite({ alsoDeps: { database, redis } });
    holding.database = open.database;
    operator = await testVisitor(open);
  });
  afterAll(async () => {
    redis.disconnect();
    await open.close();
  });
  const last = async () => (await auditEntries(open.database, { limit: 1 }))[0];

  test('Postgres away before: nothing is done', async () => {
    away.set('ops_audit_begin', 'early');
    const { status, body } = await operator.act('block', '@a:here');
    away.clear();
    expect([status, body]).toEqual([503, expect.stringContaining('Postgres does not answer')]);
    expect(await isBlocked(open.database, '@a:here' as UserId)).toBe(false);
    expect(await last()).toBeUndefined();
  });

  test('Postgres away in the middle: it is said that it is not known, also in the audit', async () => {
    away.set('block', 'late');
    const { told } = await operator.act('block', '@b:here');
    away.clear();
    expect(told).toMatch(/^Block, not known: database_unavailable/);
    expect((await last())?.outcome).toMatch(/^unsure: /);
    expect((await operator.get('/audit')).body).toContain('not known');
  });

  test('Postgres away at the end: what is known is said, and the audit has its beginning', async () => {
    away.set('ops_audit_end', 'early');
    const { status, body } = await operator.act('block', '@c:here');
    away.clear();
    expect([status, body]).toEqual([503, expect.stringMatching(/could not be recorded.*done, they are blocked/s)]);
    expect(await last()).toMatchObject({ subject: '@c:here', outcome: null });
    expect((await operator.get('/audit')).body).toContain('its end was not recorded');
  });

  test('Redis away: a worker cannot be drained, and the pages that need no Redis are there', async () => {
    const answer = await operator.get('/actions/drain?subject=turn-worker%2F1%2Fhost%2F1');
    expect([answer.statusCode, answer.body]).toEqual([503, expect.stringContaining('Redis does not answer')]);
    const actions = await operator.get('/actions');
    expect([actions.statusCode, toldIn(actions.body)]).toEqual([200, expect.stringContaining('Redis, which is away')]);
    expect((await operator.act('block', '@d:here')).told).toMatch(/^Block, done/);
  });

  test('without the bot’s token no plan is shown, and a run can be asked for', async () => {
    const { body } = await operator.get('/actions/reconcile?subject=full');
    expect(body).toContain('was not given the bot’s token');
    expect(body).toContain('Run it');
  });
});
