import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inviteBot } from '../services/cli/demo/person/onboarding.ts';
import { openRedis, type Redis, untilUp } from '../shared/queue/redis.ts';
import { createLog } from '../shared/runtime/log.ts';
import { type Connection, connectOnce } from '../shared/store/postgres.ts';
import { type Call, HttpProxy, PASS } from './http-proxy.ts';
import { outsideHomeserver } from './outside-homeserver.ts';
import { type OwnDatabase, ownDatabase } from './own-database.ts';
import { newAccount } from './people.ts';
import { type Run, runSurfaces } from './run-surfaces.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

const COMMAND = ['reset', '--dev', '--yes'];

async function membershipOf(who: Resident, room: string): Promise<unknown> {
  const member = `${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(who.person.userId)}`;
  return (await who.person.api<{ membership: string }>('GET', `/_matrix/client/v3/rooms/${member}`)).membership;
}

async function ofBot(url: string, token: string, path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/_matrix/client/v3/${path}`, { headers: { authorization: `Bearer ${token}` } });
  return (await response.json()) as Record<string, unknown>;
}

describe('on servers of one’s own', () => {
  const namespace = `reset_${randomBytes(4).toString('hex')}`;
  const foreign = `${namespace}_foreign`;
  const volume = mkdtempSync(join(tmpdir(), 'surfaces-reset-volume-'));
  const elsewhere = mkdtempSync(join(tmpdir(), 'surfaces-reset-home-'));
  let outside: Awaited<ReturnType<typeof outsideHomeserver>>;
  let proxy: HttpProxy;
  let env: Record<string, string>;
  let stack: TestStack;
  let redis: Redis;
  let own: OwnDatabase;
  let database: Connection;
  let ann: Resident;
  let bob: Resident;

  beforeAll(async () => {
    outside = await outsideHomeserver();
    proxy = await new HttpProxy(outside.homeserver.url).start();
    own = await ownDatabase();
    env = {
      DATABASE_URL: own.url,
      REDIS_URL: process.env.REDIS_URL!,
      MATRIX_HOMESERVER_URL: proxy.url,
      MATRIX_ACCESS_TOKEN: outside.bot.access_token,
      AGENTS_DIR: volume,
      SURFACES_NAMESPACE: namespace,
    };
    redis = openRedis(env.REDIS_URL!, 'producer', createLog('silent', {}));
    await untilUp(redis, 5_000);
    database = await connectOnce(env.DATABASE_URL!, namespace, 'surfaces test');
    stack = await new TestStack({ env }).up();
    ann = await stack.atHome('ann', outside.homeserver);
    bob = await stack.atHome('bob', outside.homeserver);
  }, 240_000);

  afterAll(async () => {
    await stack?.end();
    await database?.end();
    await own?.drop();
    await redis?.del(`${foreign}:key`);
    redis?.disconnect();
    proxy?.stop();
    for (const folder of [volume, elsewhere]) rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const surfaces = (args: readonly string[], more: Record<string, string> = {}): Run =>
    runSurfaces(args, { ...env, SURFACES_HOME: stack.home, ...more });

  /** Kills a reset when a line is written, or right before a request reaches the homeserver. */
  async function killedAt(moment: string | ((call: Call) => boolean)): Promise<void> {
    const run = surfaces(COMMAND);
    if (typeof moment === 'string') {
      // It must not be over before it is killed.
      proxy.fate = ({ path }) => (path.endsWith('/kick') ? { do: 'reset' } : PASS);
      await run.until(moment);
      run.child.kill('SIGKILL');
    } else {
      proxy.fate = (call) => {
        if (!moment(call)) return PASS;
        run.child.kill('SIGKILL');
        return { do: 'reset' };
      };
    }
    expect(await run.ended).toBe(null);
    proxy.fate = () => PASS;
  }

  async function expectNothingLeft(): Promise<void> {
    expect(await ofBot(proxy.url, env.MATRIX_ACCESS_TOKEN!, 'joined_rooms')).toEqual({ joined_rooms: [] });
    const filter = encodeURIComponent(
      JSON.stringify({ room: { include_leave: true, timeline: { limit: 2 + Math.floor(Math.random() * 90) } } }),
    );
    const { rooms = {} } = await ofBot(proxy.url, env.MATRIX_ACCESS_TOKEN!, `sync?timeout=0&filter=${filter}`);
    expect(rooms).toEqual({});
    const { rows: tables } = await database.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1',
      [namespace],
    );
    for (const { name } of tables) {
      const { rows } = await database.query<{ count: number }>(`SELECT count(*) AS count FROM ${name}`);
      if (name === '_prisma_migrations') expect(rows[0]!.count).toBeGreaterThan(0);
      else expect([name, rows[0]!.count]).toEqual([name, 0]);
    }
    expect(await redis.keys(`${namespace}:*`)).toEqual([]);
    // What is not ours.
    expect(readdirSync(volume).sort()).toEqual(['chat-mine', 'notes.txt']);
    expect(await redis.get(`${foreign}:key`)).toBe('1');
    const { rows } = await database.query(`SELECT word FROM "${foreign}".room`);
    expect(rows).toEqual([{ word: 'mine' }]);
  }

  test('while anybody works on them it is refused, also from elsewhere', async () => {
    const here = surfaces(COMMAND);
    expect(await here.ended).toBe(2);
    expect(here.output).toContain('npm run down');
    const there = surfaces([...COMMAND, '--json'], { SURFACES_HOME: elsewhere });
    expect(await there.ended).toBe(2);
    const { plan, result } = JSON.parse(there.stdout);
    expect(plan).toBeUndefined();
    for (const word of ['ingress', 'turns', 'commands', 'reconcile-worker-1']) expect(result.reason).toContain(word);
  }, 60_000);

  test('killed at many moments, and with a start in between, it ends in the same: nothing', async () => {
    await ann.ask('demo remember tomatoes');
    await bob.ask('demo file a.txt size=1k');
    const other = (await bob.command('!new Onions')).text;
    expect(other).toContain('Onions');
    mkdirSync(join(volume, 'chat-mine'));
    writeFileSync(join(volume, 'notes.txt'), 'mine');
    await redis.set(`${foreign}:key`, '1');
    await database.query(`CREATE SCHEMA "${foreign}"`);
    await database.query(`CREATE TABLE "${foreign}".room AS SELECT 'mine'::text AS word`);
    await stack.down();
    // Nobody accepts this one: it waits.
    const eve = await newAccount(outside.homeserver, 'eve');
    await fetch(`${outside.homeserver.url}/_matrix/client/v3/createRoom`, {
      method: 'POST',
      headers: { authorization: `Bearer ${eve.access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ preset: 'trusted_private_chat', is_direct: true, invite: [outside.bot.user_id] }),
    });

    const unasked = surfaces(['reset', '--dev', '--json']);
    expect(await unasked.ended).toBe(2);
    const { plan } = JSON.parse(unasked.stdout);
    const kinds = plan.rooms.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(['room', 'room', 'room', 'space', 'space', 'dm', 'dm', 'invitation']);
    expect(plan.volume.foreign.sort()).toEqual(['chat-mine', 'notes.txt']);
    expect(plan.volume.workspaces).toHaveLength(2);
    expect(unasked.stdout).not.toContain(env.MATRIX_ACCESS_TOKEN);
    expect(await membershipOf(ann, ann.home.room)).toBe('join');

    await killedAt('emptying the database');
    await killedAt('removing workspaces');
    await killedAt(({ path }) => path.endsWith('/kick'));
    // A start in between: the room is there, and works, without what it remembered.
    await stack.up();
    expect((await ann.ask('demo recall')).text).not.toContain('tomatoes');
    await stack.down();
    await killedAt(({ path }) => path.endsWith('/leave'));
    await killedAt(({ path }) => path.endsWith('/forget'));

    const last = surfaces(COMMAND);
    expect([await last.ended, last.output]).toEqual([0, expect.stringContaining('Done: ')]);
    await expectNothingLeft();
    for (const who of [ann, bob])
      for (const room of [who.home.room, who.home.space]) expect(await membershipOf(who, room)).toBe('leave');
    const again = surfaces(COMMAND);
    expect(await again.ended).toBe(0);
    expect(again.output).toContain('nothing to do');
  }, 240_000);

  test('afterwards everything begins anew', async () => {
    await stack.up();
    const anew = await stack.atHome('ann', outside.homeserver);
    expect((await anew.ask('hello')).text).toContain('message 1 of');
    const home = await inviteBot(bob.person, stack.bot, undefined, 60_000);
    expect(home.space).not.toBe(bob.home.space);
    expect(home.room).not.toBe(bob.home.room);
  }, 120_000);
});

describe('an embedded stack', () => {
  test('is emptied while it is down; servers that a killed reset left are no obstacle', async () => {
    const stack = await new TestStack().up();
    try {
      const ann = await stack.atHome('ann');
      await ann.ask('hello');
      const surfaces = (args: readonly string[]) => runSurfaces(args, { SURFACES_HOME: stack.home });
      await stack.down();
      const isNoted = () => existsSync(join(stack.home, 'run', 'synapse.pid.json'));
      for (const isTime of [isNoted, (run: Run) => run.output.includes('leaving rooms')]) {
        const run = surfaces(COMMAND);
        await untilTrue('the moment', () => isTime(run), 60_000);
        run.child.kill('SIGKILL');
        expect(await run.ended).toBe(null);
      }
      const run = surfaces([...COMMAND, '--json']);
      expect(await run.ended).toBe(0);
      expect(['done', 'nothing']).toContain(JSON.parse(run.stdout).result.state);
      expect(readdirSync(join(stack.home, 'agents'))).toEqual([]);
      expect(readdirSync(join(stack.home, 'run')).filter((name) => name.endsWith('.pid.json'))).toEqual([]);
      expect(existsSync(join(stack.home, 'run', 'up.lock'))).toBe(false);
      await stack.up();
      expect(await membershipOf(ann, ann.home.room)).toBe('leave');
      const home = await inviteBot(ann.person, stack.bot, undefined, 60_000);
      expect(home.space).not.toBe(ann.home.space);
    } finally {
      await stack.end();
    }
  }, 240_000);
});
