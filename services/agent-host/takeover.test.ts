import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TurnDetached } from '../../shared/agent-protocol/agent-refusal.ts';
import { HostFolder } from './host-folder.ts';
import { expireTurns } from './retention.ts';
import { TestHost, tell, turnOf } from './test-host.ts';

test('a second client with the same ids gets everything from seq 1, and the message is counted once', async () => {
  await using host = await TestHost.start();
  const turn = turnOf('demo words=60 pace=10');
  const leaving = new AbortController();
  const first = host.connect();
  let seen = 0;
  const followed = tell(first, { ...turn, signal: leaving.signal }, () => {
    if (++seen === 3) leaving.abort({ cancel: false });
  });
  await expect(followed).rejects.toBeInstanceOf(TurnDetached);
  const told = await tell(host.connect(), turn);
  expect(told.text.split(' ')).toEqual(Array.from({ length: 60 }, (_, index) => `word${index + 1}`));
  const next = await tell(first, turnOf('hello', { sessionId: turn.sessionId }));
  expect(next.text).toContain('This is message 2 of');
});

test('who stopped a turn is told its end', async () => {
  await using host = await TestHost.start();
  const stop = new AbortController();
  const turn = turnOf('demo words=1000 pace=10', { signal: stop.signal });
  const told = await tell(host.connect(), turn, ({ seq }) => {
    if (seq >= 5) stop.abort({ cancel: true });
  });
  expect(told.end).toMatchObject({ type: 'turn.ended', stop_reason: 'cancelled' });
  expect(told.events.length).toBeLessThan(100);
});

test('a host that stops tells the end at once, and its successor tells the same', async () => {
  await using host = await TestHost.start();
  const turn = turnOf('demo words=1000 pace=10');
  const stopping: Promise<void>[] = [];
  const told = await tell(host.connect(), turn, ({ seq }) => {
    if (seq >= 3 && stopping.length === 0) stopping.push(host.end());
  });
  await Promise.all(stopping);
  expect(told.end).toMatchObject({ stop_reason: 'error', error: { code: 'agent_crashed', host_restarted: true } });
  await host.begin();
  const again = await tell(host.connect(), turn);
  expect(again.text).toBe(told.text);
  expect(again.end).toEqual(told.end);
});

test('what was remembered, counted and snapshot survives a restart', async () => {
  await using host = await TestHost.start();
  const sessionId = 'survives';
  const before = host.connect();
  await tell(before, turnOf('demo remember the sea', { sessionId }));
  const { snapshot_id } = await before.request('snapshot.save', { session_id: sessionId, owner: '@me', name: 'sea' });
  await host.end();
  await host.begin();
  const after = host.connect();
  expect((await tell(after, turnOf('hello', { sessionId }))).text).toContain('This is message 2 of');
  expect((await tell(after, turnOf('demo recall', { sessionId }))).text).toContain('the sea');
  const loaded = turnOf('hello', { sessionId: 'another room' });
  await tell(after, loaded);
  await after.request('snapshot.load', { session_id: 'another room', snapshot_id });
  expect((await tell(after, turnOf('demo recall', { sessionId: 'another room' }))).text).toContain('the sea');
});

test('a turn that only the record of its session knows, and a log that was cut off, are ended', async () => {
  await using host = await TestHost.start();
  const turn = turnOf('hello', { sessionId: 'cut' });
  const whole = await tell(host.connect(), turn);
  await host.end();
  const log = new HostFolder(host.volume).turn('cut', turn.turnId);
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  await writeFile(log, `${lines.slice(0, 2).join('\n')}\n${lines[2]!.slice(0, 30)}`);
  await host.begin();
  const cut = await tell(host.connect(), turn);
  expect(cut.text.length).toBeGreaterThan(0);
  expect(cut.text.length).toBeLessThan(whole.text.length);
  expect(whole.text.startsWith(cut.text)).toBe(true);
  expect(cut.end).toMatchObject({ error: { code: 'agent_crashed', host_restarted: true, retryable: true } });
  await host.end();
  await writeFile(log, '');
  await host.begin();
  const empty = await tell(host.connect(), turn);
  expect(empty.events).toHaveLength(1);
});

test('the events of an old turn expire; that it was there is still known', async () => {
  await using host = await TestHost.start();
  const turn = turnOf('hello', { sessionId: 'old' });
  const agent = host.connect();
  await tell(agent, turn);
  const folder = new HostFolder(host.volume);
  const [file] = await readdir(folder.turns('old'));
  await host.end();
  const past = new Date(Date.now() - 10_000);
  await utimes(join(folder.turns('old'), file!), past, past);
  expect(await expireTurns(folder, 60_000)).toBe(0);
  expect(await expireTurns(folder, 5_000)).toBe(1);
  expect((await stat(join(folder.turns('old'), file!))).mode & 0o777).toBe(0o400);
  await utimes(join(folder.turns('old'), file!), past, past);
  expect(await expireTurns(folder, 5_000)).toBe(0);
  await host.begin();
  await expect(tell(agent, turn)).rejects.toMatchObject({ protocolCode: 'events_expired' });
  await utimes(join(folder.turns('old'), file!), past, past);
  expect(await expireTurns(folder, 100)).toBe(1);
  expect(await readdir(folder.turns('old'))).toEqual([]);
});

test('a permission expires, and the answer comes too late', async () => {
  await using host = await TestHost.start({ permissionTtlMs: 150 });
  const agent = host.connect();
  const told = await tell(agent, turnOf('demo ask jump'));
  expect(told.text).toBe('Not done: jump');
  expect(told.events.find(({ type }) => type === 'permission.resolved')).toMatchObject({ outcome: 'expired' });
});

test('a turn that waits for a permission is not silent', async () => {
  await using host = await TestHost.start({ permissionTtlMs: 1_200 });
  const told = await tell(host.connect(), turnOf('demo ask wait', { idleTimeoutMs: 300 }));
  expect(told.text).toBe('Not done: wait');
});

test('above the limit of running turns the next one waits until there is room', async () => {
  await using host = await TestHost.start({ maxRunningTurns: 1 });
  const agent = host.connect();
  const [first, second] = await Promise.all([
    tell(agent, turnOf('demo words=30 pace=10')),
    tell(agent, turnOf('demo words=3 pace=10')),
  ]);
  expect([first.end, second.end]).toMatchObject([{ stop_reason: 'end_turn' }, { stop_reason: 'end_turn' }]);
});
