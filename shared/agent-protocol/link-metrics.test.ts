import { afterEach, expect, test } from 'vitest';
import { registry } from '../runtime/metrics.ts';
import { sleep } from '../time/time.ts';
import { AgentConnection } from './client.ts';
import { CLOSE, PROTOCOL } from './protocol.ts';
import { serveWebSockets, type WebSocket } from './websocket.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const value = async (name: string): Promise<number> => {
  const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`surfaces_agent_link_${name} `));
  return Number(line?.split(' ').at(-1) ?? 0);
};
const ends = (reason: string) => value(`ends_total{reason="${reason}"}`);

/** A host that says welcome, or closes with `code`. */
async function hostAndClient(code?: number) {
  const sockets: WebSocket[] = [];
  const server = await serveWebSockets({ host: '127.0.0.1', port: 0, maxPayload: 1e6 }, (socket) => {
    sockets.push(socket);
    socket.on('message', (data) => {
      const { type, id } = JSON.parse(data.toString()) as { type: string; id: string };
      if (code !== undefined) return socket.close(code);
      const capabilities = { snapshots: true, permissions: true, files: true, images: true, context: true };
      const limits = { max_frame_bytes: 1e6, max_running_turns: 10 };
      const welcome = { type: 'welcome', re: id, version: PROTOCOL, agent: { name: 'a' }, capabilities, limits };
      if (type === 'hello') socket.send(JSON.stringify({ ...welcome, heartbeat_ms: 30_000, retention_s: 60 }));
    });
  });
  const client = new AgentConnection({
    url: `ws://127.0.0.1:${server.port}`,
    token: 't',
    name: 'test',
    patienceMs: 500,
  });
  stops.push(server.stop, () => client.close());
  return { client, sockets };
}

test('a connection counts while it stands, and its loss by its reason', async () => {
  const { client, sockets } = await hostAndClient();
  const lost = await ends('lost');
  expect(await value('connected')).toBe(0);
  const asking = client.request('session.list' as never, {} as never).catch(() => {});
  while (!client.connected) await sleep(5);
  expect(await value('connected')).toBe(1);
  for (const socket of sockets) socket.terminate();
  while ((await ends('lost')) === lost) await sleep(5);
  await asking;
  await client.close();
  expect(await value('connected')).toBe(0);
});

test.each([
  ['unauthorized', CLOSE.unauthorized],
  ['version', CLOSE.version],
  ['not_reached', 1011],
])('one that never stands ends as %s', async (reason, code) => {
  const { client } = await hostAndClient(code);
  const before = await ends(reason);
  await client.openSession('s', 's').catch(() => {});
  expect(await ends(reason)).toBeGreaterThan(before);
  expect(await value('connected')).toBe(0);
});
