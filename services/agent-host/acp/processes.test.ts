import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { registry } from '../../../shared/runtime/metrics.ts';
import { eventually } from './testing/eventually.ts';
import { isThere, stoppingWhen, TestAgent } from './testing/test-agent.ts';

const ends = (agent: TestAgent) =>
  agent.logged.flatMap((line) => /"reason":"(\w+)".*process has ended/.exec(line)?.[1] ?? []);
const metric = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values ?? [];

describe('a process that does not start', () => {
  test.each([
    ['is no program', { command: ['/nowhere/agent'] }, {}, 'ENOENT'],
    ['ends at once', {}, { exit: 3, stderr: 'no such model; key sk-very-secret' }, 'exit code 3'],
    ['speaks another version', {}, { version: 9 }, 'version 9'],
    ['does not answer', { patience: { initializeMs: 300 } }, { initializeMs: 60_000 }, 'did not answer initialize'],
  ])('since it %s: the person is told that, the operator why', async (_, over, script, problem) => {
    await using agent = new TestAgent(script, { env: { API_KEY: 'sk-very-secret' }, ...over });
    const { failure } = await agent.turn('hello');
    expect(failure).toMatchObject({ code: 'agent_unavailable', message: expect.stringContaining('does not start') });
    const log = agent.logged.join('\n');
    expect(log).toContain(problem);
    if ('stderr' in script) expect(log).toContain('no such model; key [secret]');
    expect(log).not.toContain('very-secret');
    expect(agent.conversations.get('room')).toBeUndefined();
  });

  test('is not started over and over', async () => {
    const patience = { firstPauseMs: 60_000, longestPauseMs: 60_000 };
    await using agent = new TestAgent({ exit: 3 }, { patience });
    const failures = [];
    for (let time = 0; time < 3; time += 1) failures.push((await agent.turn('hello')).failure?.message);
    expect(failures[2]).toContain('The next try is in 60 s');
    expect(agent.logged.filter((line) => line.includes('does not start')).length).toBe(1);
  });

  test('is waited for when the pause is short, as after two crashes', async () => {
    await using agent = new TestAgent();
    await agent.turn('[[crash]]');
    await agent.turn('[[crash]]');
    const begun = performance.now();
    expect((await agent.turn('[[say here]]')).text).toBe('here');
    expect(performance.now() - begun).toBeGreaterThan(100);
  });
});

describe('the environment', () => {
  test('of a process is what it was given and where things are, and nothing of ours', async () => {
    process.env.OUR_SECRET = 'ours';
    await using agent = new TestAgent({}, { env: { GIVEN: 'yes' } });
    const env = JSON.parse((await agent.turn('[[env]]')).text);
    delete process.env.OUR_SECRET;
    const { home } = agent.settings;
    expect(Object.keys(env).sort()).toEqual([
      'GIVEN',
      'HOME',
      'LANG',
      'PATH',
      'SCRIPT',
      'TERM',
      'TMPDIR',
      'XDG_CACHE_HOME',
      'XDG_CONFIG_HOME',
      'XDG_DATA_HOME',
      'XDG_STATE_HOME',
    ]);
    expect(env).toMatchObject({ HOME: home, GIVEN: 'yes', XDG_CONFIG_HOME: join(home, '.config') });
  });

  test('and what is written to stderr never reach the log above debug', async () => {
    await using agent = new TestAgent({}, { env: { API_KEY: 'sk-very-secret' }, idleMs: 1 });
    await agent.turn('[[stderr using sk-very-secret]]');
    await eventually(() => ends(agent)).toEqual(['idle']);
    const lines = agent.logged.filter((line) => line.includes('using'));
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(/^debug .*using \[secret\]/);
  });
});

describe('processes', () => {
  test('are shared by so many conversations, and no more', async () => {
    await using agent = new TestAgent({}, { sessionsPerProcess: 2 });
    for (const session of ['a', 'b', 'c', 'a']) await agent.turn('hello', { session });
    const [first, second] = agent.pids;
    expect(agent.seen('session/new').map(({ pid }) => pid)).toEqual([first, first, second]);
    expect((await metric('surfaces_acp_processes'))[0]?.value).toBe(2);
  });

  test('are one for each conversation where that is asked for, also at once', async () => {
    await using agent = new TestAgent({}, { sessionsPerProcess: 1, maxProcesses: 3 });
    const answers = await Promise.all(['a', 'b', 'c'].map((session) => agent.turn('[[where]]', { session })));
    expect(new Set(answers.map(({ text }) => text.split(' ').at(-1))).size).toBe(3);
  });

  test('make room for another conversation when they are idle, and take theirs up again', async () => {
    await using agent = new TestAgent({}, { sessionsPerProcess: 1, maxProcesses: 1 });
    await agent.turn('my name is Ada', { session: 'a' });
    await agent.turn('hello', { session: 'b' });
    expect((await agent.turn('[[recall]]', { session: 'a' })).text).toContain('Ada');
    expect(ends(agent)).toEqual(['recycled', 'recycled']);
  });

  test('are waited for while all are at work, for a while', async () => {
    await using agent = new TestAgent({}, { sessionsPerProcess: 1, maxProcesses: 1, patience: { placeMs: 600 } });
    await agent.turn('hello', { session: 'a' });
    const short = agent.turn('[[words 20 10]]', { session: 'a' });
    expect((await agent.turn('[[say in time]]', { session: 'b' })).text).toBe('in time');
    await short;
    const long = stoppingWhen(() => false);
    const busy = agent.turn('[[words 200 10]]', { session: 'a', ...long });
    await eventually(() => agent.seen('session/prompt').length).toBe(4);
    expect((await agent.turn('hello', { session: 'b' })).failure).toMatchObject({ code: 'overloaded' });
    await busy;
  });

  test('without a conversation that could take no other end with it', async () => {
    await using agent = new TestAgent({}, { sessionsPerProcess: 1 });
    await agent.turn('hello');
    await agent.adapter.release?.('room');
    await eventually(() => ends(agent)).toEqual(['recycled']);
  });

  test('end when nobody used them for a while', async () => {
    await using agent = new TestAgent({}, { idleMs: 100 });
    await agent.turn('hello');
    await eventually(() => ends(agent)).toEqual(['idle']);
    expect(isThere(agent.pids[0]!)).toBe(false);
    expect(await metric('surfaces_acp_process_ends_total')).toContainEqual(
      expect.objectContaining({ labels: { reason: 'idle' } }),
    );
  });

  test('that took too much memory end after their turns', async () => {
    await using agent = new TestAgent({}, { memoryLimitBytes: 250 * 1024 ** 2 });
    const { failure, text } = await agent.turn('[[memory 230]][[words 50 10]]');
    expect([failure, text.includes('word50')]).toEqual([undefined, true]);
    await eventually(() => ends(agent)).toEqual(['memory']);
  });

  test('that took twice too much end at once', async () => {
    await using agent = new TestAgent({}, { memoryLimitBytes: 150 * 1024 ** 2 });
    const { failure } = await agent.turn('[[memory 400]][[wait]]');
    expect(failure).toMatchObject({ code: 'agent_crashed', message: expect.stringContaining('too much memory') });
  });

  test('end with the host, children and all, also those that do not want to', async () => {
    const agent = new TestAgent({ deaf: true });
    const { text } = await agent.turn('[[child]]');
    const child = Number(text.split(' ')[1]);
    expect(isThere(child)).toBe(true);
    await agent[Symbol.asyncDispose]();
    await eventually(() => [agent.pids[0]!, child].filter(isThere)).toEqual([]);
  });

  test('end with a host that is killed, children and all, also those that do not want to', async () => {
    const home = mkdtempSync(join(tmpdir(), 'acp-killed-'));
    const host = spawn(process.execPath, [new URL('./testing/host-to-kill.ts', import.meta.url).pathname, home]);
    const [line] = await once(host.stdout, 'data');
    const pids = JSON.parse(String(line)) as number[];
    expect(pids.filter(isThere)).toEqual(pids);
    host.kill('SIGKILL');
    await eventually(() => pids.filter(isThere)).toEqual([]);
    rmSync(home, { recursive: true, force: true });
  });
});

test('a host that stops does not wait for a process that starts', async () => {
  const agent = new TestAgent({ initializeMs: 60_000, deaf: true });
  const running = agent.turn('hello');
  await eventually(() => agent.pids.length).toBe(1);
  const begun = performance.now();
  await agent[Symbol.asyncDispose]();
  expect((await running).failure).toMatchObject({ code: 'agent_unavailable' });
  expect(performance.now() - begun).toBeLessThan(3_000);
});

describe('check', () => {
  test('says who answers and what it can do, and starts it if need be; the version is known then', async () => {
    await using agent = new TestAgent({ fork: true, images: true });
    expect(agent.adapter.agent).toEqual({ name: 'Scripted', version: undefined });
    expect(await agent.adapter.check?.()).toEqual({
      ok: true,
      detail:
        'scripted 7.8.9; finds its conversations again; copies them; takes pictures; modes are known with the first conversation',
    });
    expect(JSON.parse(JSON.stringify(agent.adapter.agent))).toEqual({ name: 'Scripted', version: '7.8.9' });
    await agent.turn('hello');
    expect(await agent.adapter.check?.()).toMatchObject({
      detail: expect.stringContaining('modes: careless, careful'),
    });
    expect(agent.pids.length).toBe(1);
  });

  test('says why there is no answer', async () => {
    await using agent = new TestAgent({ exit: 3 });
    expect(await agent.adapter.check?.()).toEqual({
      ok: false,
      problem: 'the agent does not start: ended with exit code 3',
    });
  });

  test('comes back within five seconds', async () => {
    await using agent = new TestAgent({ initializeMs: 60_000 }, { patience: { initializeMs: 6_000 } });
    const begun = performance.now();
    expect(await agent.adapter.check?.()).toEqual({
      ok: false,
      problem: 'the agent did not answer initialize within 5 s',
    });
    expect(performance.now() - begun).toBeLessThan(5_500);
  });
});

test('a home that is missing is made, for its owner only', async () => {
  await using agent = new TestAgent();
  await agent.turn('hello');
  expect(statSync(agent.settings.home).mode & 0o777).toBe(0o700);
});
