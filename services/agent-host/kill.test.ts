import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { AgentConnection } from '../../shared/agent-protocol/client.ts';
import { freePort } from '../../shared/runtime/free-port.ts';
import { TOKEN, tell, turnOf } from './test-host.ts';

const MAIN = new URL('./main.ts', import.meta.url).pathname;
let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

test('a host that is killed in mid-turn ends it with agent_crashed when it is back, for old and new clients', async () => {
  const volume = await mkdtemp(join(tmpdir(), 'agent-host-kill-'));
  const url = `ws://127.0.0.1:${await freePort()}`;
  const agent = new AgentConnection({ url, token: TOKEN, name: 'test', patienceMs: 20_000 });
  const sessionId = 'killed';
  startRole(url, volume);
  await tell(agent, turnOf('demo remember the moon', { sessionId }));

  const turn = turnOf('demo words=500 pace=10', { sessionId, idleTimeoutMs: 20_000 });
  let killed = false;
  const told = await tell(agent, turn, ({ seq }) => {
    // Not “is 10”: deltas may come as one, with the last one's seq.
    if (killed || seq < 10) return;
    killed = true;
    child?.kill('SIGKILL');
    startRole(url, volume);
  });
  expect(told.end).toMatchObject({
    stop_reason: 'error',
    error: { code: 'agent_crashed', host_restarted: true, retryable: true },
  });
  expect(told.text.startsWith('word1 word2 ')).toBe(true);

  const other = new AgentConnection({ url, token: TOKEN, name: 'test' });
  const again = await tell(other, turn);
  expect(again.end).toMatchObject({ error: { code: 'agent_crashed' } });
  // At most what the log had not written yet is gone.
  expect(again.text.split(' ').length).toBeGreaterThan(20);
  expect(told.text.startsWith(again.text)).toBe(true);

  const next = await tell(agent, turnOf('demo recall', { sessionId }));
  expect(next.text).toContain('the moon');
  const plain = await tell(agent, turnOf('hello', { sessionId }));
  expect(plain.text).toContain('This is message 4 of');
  await agent.close();
  await other.close();
  await rm(volume, { recursive: true, force: true });
});

test('without its configuration the role ends with 78 and says what is missing', async () => {
  child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], { env: {}, stdio: 'pipe' });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(78);
  expect(said).toContain('AGENT_TOKEN');
});

function startRole(url: string, volume: string): void {
  child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { AGENT_URL: url, AGENT_TOKEN: TOKEN, AGENTS_DIR: volume, SURFACES_LOG_LEVEL: 'error' },
    stdio: 'inherit',
  });
}
