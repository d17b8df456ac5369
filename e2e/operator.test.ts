import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentHost } from '../services/agent-host/agent-host.ts';
import { demoAdapter } from '../services/agent-host/demo/demo-adapter.ts';
import { freePort } from '../shared/runtime/free-port.ts';
import { createLog } from '../shared/runtime/log.ts';
import { type Run, runSurfaces } from './run-surfaces.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

const TOKEN = 'of-a-test';
/** In every message: it is nowhere to be shown. */
const SECRET = 'rutabaga';
const volume = mkdtempSync(join(tmpdir(), 'surfaces-operator-'));
let port: number;
let host: AgentHost | undefined;
let stack: TestStack;
let ann: Resident;

async function comes(): Promise<void> {
  const agents = [{ name: 'demo', adapter: demoAdapter }];
  const place = { volume, host: '127.0.0.1', port, token: TOKEN };
  host = new AgentHost({ agents, ...place, permissionTtlMs: 600_000, log: createLog('silent', {}) });
  await host.start();
}

async function goes(): Promise<void> {
  await host?.stop();
  host = undefined;
}

beforeAll(async () => {
  port = await freePort();
  await comes();
  const env = { AGENT_URL: `ws://127.0.0.1:${port}`, AGENT_TOKEN: TOKEN, AGENTS_DIR: volume };
  stack = await new TestStack({ env }).up();
  ann = await stack.atHome();
}, 240_000);
afterAll(async () => {
  await stack?.end();
  await goes();
  rmSync(volume, { recursive: true, force: true });
}, 60_000);

const surfaces = (...args: string[]): Run => runSurfaces(args, { SURFACES_HOME: stack.home });

/** The verdict about ann’s room; that it says `text` is waited for, since what is looked at moves. */
async function untilLaneSays(text: string | RegExp, room = ann.home.room): Promise<string> {
  let run: Run;
  await untilTrue(
    `the lane to say ${text}`,
    async () => {
      run = surfaces('lane', room, '--json');
      if ((await run.ended) !== 0) throw new Error(run.output);
      expect(run.output).not.toContain(SECRET);
      const { verdict } = JSON.parse(run.stdout);
      if (verdict.match(text)) return true;
      throw new Error(verdict);
    },
    60_000,
  );
  return JSON.parse(run!.stdout).verdict;
}

describe('rooms', () => {
  test('lists what the bot knows, with what goes on', async () => {
    await ann.ask(`[[a]] ${SECRET}`);
    const listed = surfaces('rooms', '--owner', ann.person.userId, '--json');
    expect(await listed.ended).toBe(0);
    const { rooms, matching } = JSON.parse(listed.stdout);
    expect(matching).toBe(3);
    expect(rooms.find(({ roomId }: { roomId: string }) => roomId === ann.home.room)).toMatchObject({
      kind: 'chat',
      owner: ann.person.userId,
      state: 'active',
      waiting: 0,
      running: false,
    });
    const shown = surfaces('rooms', '--limit', '1');
    expect(await shown.ended).toBe(0);
    expect(shown.stdout).toContain(ann.home.room);
    expect(shown.stdout).toContain('2 more');
    expect(shown.stdout).toContain('The bot knows 1 Space, 1 DM, 1 room.');
    const none = surfaces('rooms', '--state', 'archived');
    expect(await none.ended).toBe(0);
    expect(none.stdout).not.toContain(ann.home.room);
  });

  test.each([
    [['rooms', '--owner', 'ann'], 'user id'],
    [['rooms', '--state', 'gone'], 'archived'],
    [['rooms', '--limit', '0'], '--limit'],
    [['lane'], 'one room'],
    [['lane', 'a', 'b'], 'one room'],
    [['reset'], '--dev'],
  ])('%j is wrong usage', async (args, word) => {
    const run = surfaces(...(args as string[]));
    expect(await run.ended).toBe(64);
    expect(run.output).toContain(word);
  });
});

describe('lane', () => {
  test('finds a room by its id, a link and a name; says so where it finds none', async () => {
    await ann.command('!rename Kitchen garden');
    for (const room of [ann.home.room, `https://matrix.to/#/${encodeURIComponent(ann.home.room)}?via=a`, 'kitchen']) {
      const run = surfaces('lane', room);
      expect(await run.ended).toBe(0);
      expect(run.stdout).toContain(ann.home.room);
      expect(run.stdout).toContain('Kitchen garden');
      expect(run.output).not.toContain(SECRET);
    }
    const run = surfaces('lane', 'cellar');
    expect(await run.ended).toBe(1);
    expect(run.output).toContain('nothing is known');
  }, 60_000);

  test('says that nothing waits, what runs, and what a permission waits for', async () => {
    await untilLaneSays(/^Nothing waits; the last message was answered .*\.$/);
    const long = await ann.say('demo words=2000 pace=20');
    await ann.untilShows(long, 'word1');
    await ann.say(`demo words=1 pace=1 ${SECRET}`);
    await untilLaneSays(/^A turn has been running for \d+ s at turn-worker-1; 1 more waits behind it\.$/);
    const listed = surfaces('rooms');
    await listed.ended;
    expect(listed.stdout).toContain('turn, 1 wait');
    await ann.command('!stop all');
    await untilLaneSays(/^Nothing waits/);
    const asking = await ann.say(`demo ask ${SECRET}`);
    await ann.untilAsked(SECRET);
    await untilLaneSays(`waits for the answer to a permission asked at .*: ${ann.person.userId} says !yes or !no`);
    await ann.command('!no');
    await ann.untilAnswered(asking);
    await untilLaneSays(/^Nothing waits/);
  }, 120_000);

  test('says that the agent host is away', async () => {
    await goes();
    const asked = await ann.say(`demo words=1 pace=1 ${SECRET}`);
    await untilLaneSays(/^A turn has been running .* at turn-worker-1.* The agent host does not answer .* AGENT_URL/);
    await comes();
    await ann.untilAnswered(asked);
    await untilLaneSays(/^Nothing waits/);
  }, 120_000);

  test('says that nobody is there who would do it', async () => {
    // Without its supervisor nothing comes back.
    process.kill(JSON.parse(readFileSync(join(stack.home, 'run', 'supervisor.json'), 'utf8')).pid, 'SIGKILL');
    stack.kill('turn-worker');
    await ann.say(SECRET);
    await ann.say(SECRET);
    const said = await untilLaneSays(
      /^2 messages wait and nobody holds the lane, for \d+ s\. No turn-worker is connected/,
    );
    expect(said).not.toContain('ingress');
    stack.kill('ingress');
    await untilLaneSays(/\nNo ingress is active/);
    const refused = surfaces('reset', '--dev', '--yes');
    expect(await refused.ended).toBe(2);
    expect(refused.output).toContain('command-worker-1');
  }, 120_000);
});
