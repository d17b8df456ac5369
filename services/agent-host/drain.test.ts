import { expect, test } from 'vitest';
import { TestHost, tell, turnOf } from './test-host.ts';

const LONG_MS = 30_000;

test('a host that is being stopped lets running turns end, and leaves new ones to its successor', async () => {
  await using host = await TestHost.start();
  const agent = host.connect({ patienceMs: 20_000 });
  let drained: Promise<void> | undefined;
  const running = turnOf('demo words=60 pace=10 first=10');
  const told = await tell(agent, running, () => (drained ??= host.drain(LONG_MS)));
  expect(told.end).toMatchObject({ type: 'turn.ended', stop_reason: 'end_turn' });
  expect(told.text).toContain('word60');
  await drained;

  const during = tell(agent, turnOf('demo words=1 pace=1', { sessionId: running.sessionId }));
  const early = await Promise.race([during.then(() => 'begun'), new Promise((after) => setTimeout(after, 300))]);
  expect(early).not.toBe('begun');
  await host.end();
  await host.begin();
  expect((await during).text).toBe('word1');
  // What was told of the end is on disk.
  expect(await tell(agent, running)).toMatchObject({ text: told.text, end: { stop_reason: 'end_turn' } });
});

test('a turn that takes longer than it may is ended like those of a killed host', async () => {
  await using host = await TestHost.start();
  const agent = host.connect();
  let ended: Promise<void> | undefined;
  const told = await tell(agent, turnOf('demo words=1000 pace=50'), () => {
    ended ??= host.drain(100).then(() => host.end());
  });
  expect(told.end).toMatchObject({ stop_reason: 'error', error: { code: 'agent_crashed', host_restarted: true } });
  await ended;
});

test('a turn that waits for a person does not hold it up', async () => {
  await using host = await TestHost.start();
  const agent = host.connect();
  let drainedAfterMs: Promise<number> | undefined;
  const told = await tell(agent, turnOf('demo ask open the door'), ({ type }) => {
    if (type !== 'permission.request') return;
    const began = performance.now();
    drainedAfterMs = host.drain(LONG_MS).then(async () => {
      const tookMs = performance.now() - began;
      await host.end();
      return tookMs;
    });
  });
  expect(told.end).toMatchObject({ error: { host_restarted: true } });
  expect(await drainedAfterMs).toBeLessThan(LONG_MS / 2);
});
