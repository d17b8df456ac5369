import { afterEach, expect, test } from 'vitest';
import { AgentConnection } from './client.ts';
import type { Welcome } from './host-messages.ts';
import { PROTOCOL } from './protocol.ts';
import { serveWebSockets, type WebSocket } from './websocket.ts';

type Request = { type: string; id: string; session_id: string; turn_id: string; after_seq?: number };
type Answer = (request: Request, send: (message: object) => void, socket: WebSocket) => void;

const WELCOME: Omit<Welcome, 're'> = {
  type: 'welcome',
  version: PROTOCOL,
  agent: { name: 'scripted' },
  capabilities: { snapshots: true, permissions: true, files: true, images: true, context: true },
  limits: { max_frame_bytes: 1e6, max_running_turns: 10 },
  heartbeat_ms: 300,
  retention_s: 60,
};
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A host that does what the test says, and a client of it. */
async function scripted(answer: Answer, patienceMs = 3_000) {
  const heard: Request[] = [];
  const server = await serveWebSockets({ host: '127.0.0.1', port: 0, maxPayload: 1e6 }, (socket) => {
    const send = (message: object) => socket.send(JSON.stringify(message));
    socket.on('message', (data) => {
      const request = JSON.parse(data.toString()) as Request;
      heard.push(request);
      if (request.type === 'hello') send({ ...WELCOME, re: request.id });
      else if (request.type === 'session.open')
        send({ type: 'session.opened', re: request.id, session_id: request.session_id, state: 'idle' });
      else answer(request, send, socket);
    });
  });
  const url = `ws://127.0.0.1:${server.port}`;
  const client = new AgentConnection({ url, token: 't', name: 'test', patienceMs });
  stops.push(server.stop, () => client.close());
  return { client, heard, url };
}

const turn = (given: object = {}) => ({
  sessionId: 's',
  workspace: 's',
  turnId: 't',
  input: [{ type: 'text' as const, text: 'hi' }],
  signal: new AbortController().signal,
  idleTimeoutMs: 2_000,
  ...given,
});
const place = { session_id: 's', turn_id: 't', at: 1 };
const delta = (seq: number) => ({
  type: 'message.delta',
  ...place,
  seq,
  message_id: 'm',
  channel: 'answer',
  text: `${seq} `,
});
const ended = (seq: number) => ({ type: 'turn.ended', ...place, seq, stop_reason: 'end_turn' });
const started = (re: string) => ({
  type: 'turn.started',
  re,
  session_id: 's',
  turn_id: 't',
  last_seq: 0,
  resumed: false,
});

async function textOf(client: AgentConnection, given: object = {}): Promise<string> {
  let text = '';
  for await (const event of client.runTurn(turn(given))) {
    if (event.type === 'message.delta') text += event.text;
    else text += `(${event.type} ${event.type === 'turn.ended' ? (event.error?.code ?? event.stop_reason) : ''})`;
  }
  return text;
}

test('after a lost connection the turn is attached to after the last seq, and repeated events are seen once', async () => {
  const { client, heard } = await scripted((request, send, socket) => {
    if (request.type === 'turn.start') {
      send(started(request.id));
      for (const seq of [1, 2, 3]) send(delta(seq));
      setImmediate(() => socket.terminate());
    }
    if (request.type === 'turn.attach') {
      send(started(request.id));
      for (const event of [delta(2), delta(3), delta(4), ended(5)]) send(event);
    }
  });
  expect(await textOf(client)).toBe('1 2 3 4 (turn.ended end_turn)');
  expect(heard.find(({ type }) => type === 'turn.attach')?.after_seq).toBe(3);
  expect(heard.filter(({ type }) => type === 'turn.start')).toHaveLength(1);
});

test('a gap in the events is filled by attaching again', async () => {
  const { client } = await scripted((request, send) => {
    if (request.type === 'turn.start') for (const message of [started(request.id), delta(1), delta(3)]) send(message);
    if (request.type === 'turn.attach')
      for (const message of [started(request.id), delta(2), delta(3), ended(4)]) send(message);
  });
  expect(await textOf(client)).toBe('1 2 3 (turn.ended end_turn)');
});

test('a host that lost the turn means agent_crashed', async () => {
  const { client } = await scripted((request, send, socket) => {
    if (request.type === 'turn.start') {
      send(started(request.id));
      send(delta(1));
      setImmediate(() => socket.terminate());
    }
    if (request.type === 'turn.attach')
      send({ type: 'error', re: request.id, code: 'unknown_turn', message: '', retryable: false });
  });
  expect(await textOf(client)).toBe('1 (turn.ended agent_crashed)');
});

test('a peer that is dead without a word is noticed within the heartbeat, and connected to again', async () => {
  let connections = 0;
  const { client } = await scripted((request, send, socket) => {
    if (request.type === 'turn.start') {
      connections += 1;
      send(started(request.id));
      send(delta(1));
      // Reads and says nothing more, and keeps the connection.
      socket.pause();
    }
    if (request.type === 'turn.attach') for (const message of [started(request.id), ended(2)]) send(message);
  });
  const since = performance.now();
  expect(await textOf(client, { idleTimeoutMs: 10_000 })).toBe('1 (turn.ended end_turn)');
  expect(connections).toBe(1);
  expect(performance.now() - since).toBeLessThan(2_500);
});

test('a busy host is asked again, with patience; an orphan that blocks the session is cancelled', async () => {
  let cancelled = '';
  const { client } = await scripted((request, send) => {
    if (request.type === 'turn.cancel') cancelled = request.turn_id;
    if (request.type !== 'turn.start') return;
    if (cancelled) for (const message of [started(request.id), ended(1)]) send(message);
    else
      send({
        type: 'error',
        re: request.id,
        code: 'session_busy',
        message: '',
        retryable: true,
        turn_id: 'orphan',
        retry_after_ms: 100,
      });
  }, 10_000);
  expect(await textOf(client)).toBe('(turn.ended end_turn)');
  expect(cancelled).toBe('orphan');
});

test('silence is agent_timeout, and the turn is cancelled; nobody there is agent_unavailable', async () => {
  const { client, heard } = await scripted((request, send) => {
    if (request.type === 'turn.start') send(started(request.id));
  });
  await expect(textOf(client, { idleTimeoutMs: 200 })).rejects.toMatchObject({ code: 'agent_timeout' });
  await expect.poll(() => heard.some(({ type }) => type === 'turn.cancel')).toBe(true);
  // Longer than the pauses between two tries: each that fails must not begin the patience anew.
  const nobody = new AgentConnection({ url: 'ws://127.0.0.1:9', token: 't', name: 'test', patienceMs: 2_500 });
  const since = performance.now();
  await expect(textOf(nobody)).rejects.toMatchObject({ code: 'agent_unavailable' });
  expect(performance.now() - since).toBeLessThan(3_500);
  await expect(nobody.request('session.list', {})).rejects.toMatchObject({ code: 'agent_unavailable' });
  await nobody.close();
});

test('a stopped turn yields until its end, and at most 5 s; a detached one throws at once and sends no cancel', async () => {
  const { client, heard } = await scripted((request, send) => {
    if (request.type === 'turn.start') for (const message of [started(request.id), delta(1)]) send(message);
  });
  await expect(textOf(client, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ name: 'TurnDetached' });
  expect(heard.some(({ type }) => type === 'turn.cancel')).toBe(false);
  const stop = new AbortController();
  setTimeout(() => stop.abort({ cancel: true }), 100);
  const since = performance.now();
  expect(await textOf(client, { signal: stop.signal })).toBe('1 (turn.ended cancelled)');
  expect(performance.now() - since).toBeGreaterThan(4_900);
});

test('a request is repeated when the connection is lost before its answer; a refusal carries the host’s code', async () => {
  let asked = 0;
  const { client } = await scripted((request, send, socket) => {
    if (request.type === 'session.reset') {
      asked += 1;
      if (asked === 1) socket.terminate();
      else send({ type: 'request.done', re: request.id, result: {} });
    }
    if (request.type === 'snapshot.delete')
      send({ type: 'error', re: request.id, code: 'unknown_snapshot', message: 'no', retryable: false });
  });
  await client.request('session.reset', { session_id: 's' });
  expect(asked).toBe(2);
  await expect(client.request('snapshot.delete', { snapshot_id: 'x' })).rejects.toMatchObject({
    code: 'unknown_snapshot',
    protocolCode: 'unknown_snapshot',
  });
});
