import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testLane } from '../../../shared/lane/test-lane.ts';
import { tellPresence } from '../../../shared/queue/presence.ts';
import { untilUp } from '../../../shared/queue/redis.ts';
import { type RedisServer, redisServer } from '../../../shared/queue/redis-server.ts';
import { openWakes, type Wakes } from '../../../shared/queue/wakes.ts';
import { Readiness } from '../../../shared/runtime/health.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { TcpProxy } from '../../../shared/runtime/test-tcp-proxy.ts';
import { openDatabase } from '../../../shared/store/postgres.ts';
import type { OpsDeps } from '../area.ts';
import { type FastifyInstance, fastify } from '../http.ts';
import { openTestSite, type TestSite } from '../test-site.ts';
import { LISTEN_MS } from './live-feed.ts';
import { addOverview } from './overview.ts';

const log = createLog('silent', {});
const soon = { timeout: 15_000, interval: 50 };

describe.skipIf(!process.env.DATABASE_URL)('the overview', () => {
  let lane: Awaited<ReturnType<typeof testLane>>;
  let server: RedisServer;
  let proxy: TcpProxy;
  let wakes: Wakes;
  let site: FastifyInstance;
  let database: ReturnType<typeof openDatabase>;
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    lane = await testLane();
    server = await redisServer();
  });
  beforeEach(async () => {
    await server.start();
    const { url, namespace } = lane.database;
    proxy = await new TcpProxy(url).start();
    database = openDatabase(proxy.through(url), { namespace, max: 2, applicationName: 'ops' });
    wakes = openWakes(server.url, namespace, log);
    await untilUp(wakes.redis, 5_000);
    const deps = { database, redis: wakes.redis, wakes, namespace, log } as unknown as OpsDeps;
    site = fastify({ logger: false });
    site.decorateRequest('visitor', null);
    site.addHook('onRequest', async (request) => {
      request.visitor = { name: 'rea', role: 'reader', csrf: 'token' };
    });
    await addOverview(site, deps);
    await site.ready();
  });
  afterEach(async () => {
    await site.close();
    for (const stop of stops.splice(0)) await stop();
    await wakes.close();
    await database.close();
    proxy.stop();
    await server.kill();
  });
  afterAll(() => lane.database.drop());

  function tell(role: string, readiness = new Readiness([])) {
    const env = { SURFACES_NAMESPACE: lane.database.namespace, SURFACES_INSTANCE: `${role}-1` };
    tellPresence({ env, readiness, onStop: (_what, stop) => stops.push(stop) }, role, wakes.redis, 50);
  }
  const page = async () => (await site.inject('/')).body;
  const text = async () => (await page()).replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  const age = (name: string, seconds: number) =>
    lane.database.run({
      name: `test_age_${name}`,
      text: `UPDATE lane_item SET received_at = now() - interval '${seconds} s' WHERE lane_id LIKE '%${name}%'`,
    });

  test('shows each process as it says it is, and those that are not there', async () => {
    const readiness = new Readiness(['homeserver']);
    tell('turn-worker', readiness);
    tell('ingress');
    await expect.poll(text, soon).toContain('1 of 2');
    const shown = await text();
    expect(shown).toMatch(/ingress-1 [\w. ·]+ pid \d+ ready since/);
    expect(shown).toMatch(/turn-worker-1 [\w. ·]+ pid \d+ not ready homeserver: not there yet, since \d\d:\d\d UTC/);
    expect(shown).toContain('reconcile-worker none is there');
    readiness.met('homeserver');
    await expect.poll(text, soon).toContain('2 of 2');
  });

  test('leads to the room that has waited longest, whatever its name', async () => {
    await lane.take(['room/!<script>alert(1)</script>.long/x%22:one', 'room/!short:two']);
    await age('long', 100);
    await expect.poll(text, soon).toMatch(/Oldest waiting message 2 min Messages wait, and nobody works on them\. In/);
    const shown = await page();
    expect(shown).toContain(`href="/rooms/${encodeURIComponent('!<script>alert(1)</script>.long/x%22')}"`);
    expect(shown).not.toContain('<script>alert');
    // Not for two minutes yet.
    expect(await text()).toMatch(
      /Not an alarm yet: Messages wait, and nobody works on them\. .*No ingress is active\./,
    );
    await lane.database.run({ name: 'test_done', text: 'DELETE FROM lane_seq' });
  });

  test('without Postgres says so, and shows the processes', async () => {
    tell('ingress');
    await expect.poll(text, soon).toContain('ingress-1');
    expect(await text()).toContain('Postgres answers');
    proxy.stop();
    await expect.poll(text, soon).toMatch(/Overview .* Postgres does not answer\./);
    const shown = await text();
    expect(shown).toMatch(/met by this page, since \d\d:\d\d UTC \(less than a minute\)/);
    expect(shown).toContain('ingress-1');
    expect(shown).toContain('docs/OPERATIONS.md#postgres-or-redis-is-away');
    expect(shown).toContain('Oldest waiting message —');
  });

  test('without Redis says so, shows the record and who was there, and is well again by itself', async () => {
    tell('ingress');
    await lane.take(['room/!other:three']);
    await age('other', 30);
    await expect.poll(text, soon).toMatch(/Oldest waiting message 3\d s .* ingress-1/);
    await server.kill();
    await expect.poll(text, soon).toMatch(/Overview .* Redis does not answer\./);
    const shown = await text();
    expect(shown).toMatch(
      /As of \d\d:\d\d UTC: processes tell of themselves through Redis, which is away\..* ingress-1/,
    );
    expect(shown).toMatch(/Oldest waiting message 3\d s/);
    expect(shown).not.toContain('A role does not answer.');
    expect(shown).not.toContain('No ingress is active.');
    await server.start();
    await expect.poll(text, soon).toContain('Redis answers');
    await lane.database.run({ name: 'test_done', text: 'DELETE FROM lane_seq' });
  });

  test('is sent as it changes, and ends with the site', async () => {
    await site.listen({ host: '127.0.0.1', port: 0 });
    const { port } = site.server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/live-overview`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    let heard = '';
    let ended = false;
    void (async () => {
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) heard += chunk;
      ended = true;
    })();
    const last = () => JSON.parse(heard.trim().split('\ndata: ').at(-1) || '""') as string;
    await expect.poll(() => heard, soon).toContain('data: ');
    expect(last()).toMatch(/^<div id="live">.*<\/div>$/s);
    tell('ingress');
    await expect.poll(last, soon).toContain('ingress-1');
    await site.close();
    await expect.poll(() => ended, soon).toBe(true);
  });
});

describe.skipIf(!process.env.DATABASE_URL)('who listens to the overview', () => {
  let open: TestSite;
  beforeAll(async () => {
    open = await openTestSite();
  });
  afterAll(() => open.close());

  test('has come through the gate, and comes through it again each minute', async () => {
    expect((await open.site.inject('/live-overview')).statusCode).toBe(401);
    expect((await open.site.inject({ method: 'HEAD', url: '/live-overview', headers: open.basic() })).statusCode).toBe(
      404,
    );
    expect(LISTEN_MS).toBeLessThanOrEqual(60_000);
    await open.site.listen({ host: '127.0.0.1', port: 0 });
    const { port } = open.site.server.address() as AddressInfo;
    const stop = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/live-overview`, {
      headers: open.basic(),
      signal: stop.signal,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    stop.abort();
  });
});
