import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, expect, test } from 'vitest';
import { freePort } from '../../../shared/runtime/free-port.ts';
import { TOKEN } from '../test-host.ts';
import { BEHAVIOURS, type Prompts } from './prompts.ts';
import { RawClient } from './raw-client.ts';
import { RULES } from './rules.ts';
import { runRules } from './run-rules.ts';
import { text } from './stage.ts';
import { contiguous } from './turn-rules.ts';

const run = promisify(execFile);
const EXAMPLE = new URL('../../../examples/python-host/', import.meta.url).pathname;
const SCHEMA = new URL('../../../docs/agent-protocol.schema.json', import.meta.url).pathname;
const INSTALL_MS = 60_000;
const START_MS = 10_000;

const folder = await mkdtemp(join(tmpdir(), 'python-host-'));
const missing = await makeVenv(join(folder, 'venv'));
const about = missing ? ` (skipped: ${missing})` : '';
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.skipIf(missing)(`the example in Python keeps every rule${about}`, { timeout: 120_000 }, async () => {
  const source = await copyExample('copy');
  const host = await startHost(source);
  const restart = async () => {
    host.child.kill('SIGKILL');
    await once(host.child, 'exit');
    await startHost(source, host);
  };
  const prompts = await promptsOfReadme();
  const outcomes = await runRules(host.url, TOKEN, () => {}, { prompts, restart });
  expect(outcomes.filter(({ problem, skipped }) => problem || skipped)).toEqual([]);
  expect(outcomes.length).toBe(RULES.length);
});

test.skipIf(missing)(
  `with the agent of its README it keeps every rule that needs no words of its own${about}`,
  { timeout: 120_000 },
  async () => {
    const source = await copyExample('shout');
    await writeFile(join(source, 'agent.py'), await inReadme('python'));
    const { url } = await startHost(source);
    const outcomes = await runRules(url, TOKEN, () => {});
    expect(outcomes.filter(({ problem }) => problem)).toEqual([]);
    const needs = RULES.filter(
      (rule) => rule.restarts || rule.needs?.some((name) => !('otherwise' in BEHAVIOURS[name])),
    );
    const tried = outcomes.filter(({ skipped }) => !skipped);
    expect(tried.length).toBeGreaterThan(RULES.length - needs.length - 5);
  },
);

test.skipIf(missing)(`killed in mid-turn, it ends the turn with agent_crashed when it is back${about}`, async () => {
  const first = await startHost(EXAMPLE);
  const raw = await RawClient.greeted(first.url, TOKEN);
  await raw.request({ type: 'session.open', session_id: 's', workspace: 's' }, 'session.opened');
  const start = { type: 'turn.start', session_id: 's', turn_id: 't', input: text('count to 400') };
  await raw.request(start, 'turn.started');
  await raw.until(({ seq }) => seq === 20, 'some words');
  first.child.kill('SIGKILL');
  await raw.untilClosed();

  const again = await startHost(EXAMPLE, { volume: first.volume });
  const other = await RawClient.greeted(again.url, TOKEN);
  const answer = await other.request(start, 'turn.started');
  const seen = raw.eventsOf('t');
  const events = await other.ended('t');
  contiguous(events);
  expect(answer).toMatchObject({ resumed: true, last_seq: events.length });
  expect(events.slice(0, seen.length)).toEqual(seen);
  expect(events.at(-1)).toMatchObject({
    stop_reason: 'error',
    error: { code: 'agent_crashed', host_restarted: true, retryable: true },
  });
  const ahead = await RawClient.greeted(again.url, TOKEN);
  await ahead.request({ type: 'turn.attach', session_id: 's', turn_id: 't', after_seq: 10_000 }, 'turn.started');
  expect((await ahead.ended('t')).length).toBe(1);
  for (const client of [other, ahead]) client.cut();
});

test.skipIf(missing)(`a client that reads nothing slows nobody, and gets everything later${about}`, async () => {
  const { url } = await startHost(EXAMPLE);
  const [slow, other] = [await RawClient.greeted(url, TOKEN), await RawClient.greeted(url, TOKEN)];
  slow.stall();
  // 16 answers of 0.9 MB: more than the buffers of the host and of the system.
  const turns = Array.from({ length: 16 }, (_, index) => `t${index}`);
  for (const turn_id of turns) {
    const open = { type: 'session.open', session_id: turn_id, workspace: turn_id };
    const start = { type: 'turn.start', session_id: turn_id, turn_id, input: text('x'.repeat(900_000)) };
    slow.send({ ...open, id: `open-${turn_id}` });
    slow.send({ ...start, id: `start-${turn_id}` });
    await other.request(open, 'session.opened');
    await other.request(start, 'turn.started');
  }
  for (const turn_id of turns) contiguous(await other.ended(turn_id));
  slow.resume();
  for (const turn_id of turns) contiguous(await slow.ended(turn_id));
  for (const client of [slow, other]) client.cut();
});

/** @returns why there is none, if so. */
async function makeVenv(venv: string): Promise<string | false> {
  try {
    const version = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
    await run('python3', ['-c', version], { timeout: START_MS });
  } catch {
    return 'there is no python3 from 3.11 on with venv';
  }
  try {
    const signal = AbortSignal.timeout(INSTALL_MS);
    await run('python3', ['-m', 'venv', venv], { signal });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await run(join(venv, 'bin/python'), [...install, '-r', join(EXAMPLE, 'requirements.txt')], { signal });
    return false;
  } catch {
    return `the requirements could not be installed in ${INSTALL_MS / 1000} s; is PyPI there?`;
  }
}

async function startHost(source: string, given: { volume?: string; url?: string } = {}) {
  const volume = given.volume ?? (await mkdtemp(join(folder, 'volume-')));
  const url = given.url ?? `ws://127.0.0.1:${await freePort()}`;
  const child = spawn(join(folder, 'venv/bin/python'), [join(source, 'host.py')], {
    env: { AGENT_URL: url, AGENT_TOKEN: TOKEN, AGENTS_DIR: volume, PYTHONDONTWRITEBYTECODE: '1', LOG_LEVEL: 'INFO' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let said = '';
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the host ended: ${said}`)));
  const late = AbortSignal.timeout(START_MS);
  const listening = new Promise<void>((resolve, reject) => {
    late.addEventListener('abort', () => reject(new Error(`the host does not listen: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (said.includes(`listens on ${url}`)) resolve();
    });
  });
  await Promise.race([listening, ended]);
  // Its end is expected from here on.
  ended.catch(() => {});
  listening.catch(() => {});
  return { url, volume, child };
}

/** What somebody does who starts from the example: a copy, with the schema beside it. Its heart beats faster. */
async function copyExample(name: string): Promise<string> {
  const copy = join(folder, name);
  await mkdir(copy);
  const files = (await readdir(EXAMPLE)).filter((file) => file.endsWith('.py'));
  for (const file of files) await copyFile(join(EXAMPLE, file), join(copy, file));
  await copyFile(SCHEMA, join(copy, 'agent-protocol.schema.json'));
  const connection = await readFile(join(copy, 'connection.py'), 'utf8');
  const faster = connection.replace('HEARTBEAT_S = 5, 15', 'HEARTBEAT_S = 5, 2');
  expect(faster).not.toBe(connection);
  await writeFile(join(copy, 'connection.py'), faster);
  return copy;
}

/** A block of code of the README. */
async function inReadme(language: string, containing = ''): Promise<string> {
  const readme = await readFile(join(EXAMPLE, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  return blocks.find(([, kind, code]) => kind === language && code?.includes(containing))![2]!;
}

/** The words for the example's agent, from the command that the README shows. */
async function promptsOfReadme(): Promise<Prompts> {
  const command = await inReadme('sh', '--prompt-');
  const options = command.matchAll(/--prompt-(\w+) '([^']+)'/g);
  return Object.fromEntries([...options].map(([, name, words]) => [name, words]));
}
