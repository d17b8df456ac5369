import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLOSE, PROTOCOL } from '../../shared/agent-protocol/protocol.ts';
import { connectWebSocket } from '../../shared/agent-protocol/websocket.ts';
import { RawClient } from './conformance/raw-client.ts';
import { contiguous } from './conformance/turn-rules.ts';
import { TestHost, TOKEN, tell, turnOf } from './test-host.ts';

test('a wrong token is refused for good, and says so', async () => {
  await using host = await TestHost.start();
  const agent = host.connect({ token: 'wrong', patienceMs: 5_000 });
  const since = performance.now();
  await expect(tell(agent, turnOf('hello'))).rejects.toMatchObject({
    code: 'agent_unavailable',
    message: expect.stringContaining('4401'),
  });
  expect(performance.now() - since).toBeLessThan(4_000);
});

test('a client that is silent is closed with 4408; one that answers pings stays', async () => {
  await using host = await TestHost.start({ heartbeatMs: 400 });
  const silent = await RawClient.greeted(host.url, TOKEN);
  const answering = await RawClient.greeted(host.url, TOKEN);
  silent.send = () => {};
  expect((await silent.untilClosed()).code).toBe(CLOSE.heartbeat);
  await answering.request({ type: 'session.list' }, 'request.done');
  expect(answering.closed).toBeUndefined();
  answering.cut();
});

test('a close is told also in the same round of the event loop as an event', async () => {
  await using host = await TestHost.start({ heartbeatMs: 400 });
  const clients = await Promise.all(Array.from({ length: 24 }, () => RawClient.greeted(host.url, TOKEN)));
  for (const [index, client] of clients.entries()) {
    const session_id = `s-${index}`;
    await client.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
    const input = [{ type: 'text', text: 'demo words=5000 pace=5' }];
    await client.request({ type: 'turn.start', session_id, turn_id: 't', input }, 'turn.started');
    client.answersPings = false;
  }
  // A busy loop: what is due while it is held up comes all in one round.
  const busy = setInterval(() => holdUp(150), 160);
  const closes = await Promise.all(clients.map((client) => client.untilClosed()));
  clearInterval(busy);
  expect(closes.map(({ code }) => code)).toEqual(clients.map(() => CLOSE.heartbeat));
});

test('no frame, of whatever shape, ends the host', async () => {
  await using host = await TestHost.start();
  const type = fc.constantFrom('hello', 'session.open', 'turn.start', 'turn.attach', 'snapshot.load', 'file.ack', 'x');
  const message = fc.record(
    {
      type: fc.oneof(type, fc.anything()),
      id: fc.oneof(fc.constant('1'), fc.anything()),
      session_id: fc.oneof(fc.constantFrom('s', '..', '../../x', '\0', '~'), fc.anything()),
      turn_id: fc.oneof(fc.constantFrom('t', '.', 'a/b'), fc.anything()),
      workspace: fc.oneof(fc.constantFrom('s', '', '.host', '/'), fc.anything()),
      input: fc.oneof(fc.constant([{ type: 'text', text: 'demo words=2' }]), fc.anything()),
      after_seq: fc.oneof(fc.integer(), fc.anything()),
      snapshot_id: fc.oneof(fc.constant('../x'), fc.anything()),
      file_id: fc.anything(),
    },
    { requiredKeys: ['type'] },
  );
  const frame = fc.oneof(
    message.map(
      (value) => JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? '',
    ),
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  for (const frames of fc.sample(fc.array(frame, { minLength: 20, maxLength: 60 }), 40)) {
    const client = await RawClient.greeted(host.url, TOKEN);
    for (const one of frames) client.send(one);
    if (!client.closed) client.send({ type: 'ping', nonce: 'end' });
    await client.until(({ nonce }) => nonce === 'end', 'pong').catch(() => expect(client.closed).toBeDefined());
    client.cut();
  }
  const told = await tell(host.connect(), turnOf('still there?'));
  expect(told.end).toMatchObject({ stop_reason: 'end_turn' });
});

test('a frame that is too large closes its connection and nothing else', async () => {
  await using host = await TestHost.start();
  const client = await RawClient.greeted(host.url, TOKEN);
  const other = await RawClient.greeted(host.url, TOKEN);
  client.send('x'.repeat(2 * 1024 * 1024));
  expect((await client.untilClosed()).code).toBe(1009);
  await other.request({ type: 'session.list' }, 'request.done');
  other.cut();
});

test('a client that reads nothing costs the host its buffer and not the events; later it gets all of them', async () => {
  await using host = await TestHost.start();
  const slow = await RawClient.greeted(host.url, TOKEN);
  await slow.request({ type: 'session.open', session_id: 's', workspace: 's' }, 'session.opened');
  slow.stall();
  const input = [{ type: 'text', text: 'demo many=400 size=20000 pace=0' }];
  slow.send({ type: 'turn.start', id: 'start', session_id: 's', turn_id: 't', input });
  const other = await RawClient.greeted(host.url, TOKEN);
  const attach = { type: 'turn.attach', session_id: 's', turn_id: 't', after_seq: 0 };
  for (let tries = 0; (await other.request(attach)).type === 'error' && tries < 100; tries++);
  await other.ended('t');
  slow.resume();
  const events = await slow.ended('t');
  contiguous(events);
  expect(events.length).toBe(402);
  for (const client of [slow, other]) client.cut();
});

test('a client that asks and reads no answers is not listened to until it does', async () => {
  await using host = await TestHost.start();
  const opener = host.connect();
  const long = 'x'.repeat(240);
  await Promise.all(Array.from({ length: 40 }, (_, at) => opener.openSession(`s${at}-${long}`, `s${at}`)));
  const socket = connectWebSocket(host.url, TOKEN, 5_000, 1024 * 1024);
  await once(socket, 'open');
  const client = { name: 'test', instance: 'deaf' };
  socket.send(JSON.stringify({ type: 'hello', id: 'hello', versions: [PROTOCOL], client }));
  await once(socket, 'message');
  socket.pause();
  // So many that what the host has taken in cannot be what the kernel's buffers hold.
  const padding = 'x'.repeat(8_192);
  const requests = 2_000;
  for (let at = 0; at < requests; at++) socket.send(JSON.stringify({ type: 'session.list', id: `${at}`, padding }));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(socket.bufferedAmount).toBeGreaterThan(4 * 1024 * 1024);
  // Others are.
  await opener.request('session.list', {});
  let answers = 0;
  socket.on('message', () => {
    answers += 1;
  });
  socket.resume();
  await expect.poll(() => answers, { timeout: 60_000, interval: 100 }).toBe(requests);
  socket.terminate();
}, 90_000);

function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
