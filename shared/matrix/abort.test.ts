import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { TestCertificate } from '../runtime/test-certificate.ts';
import { TcpProxy } from '../runtime/test-tcp-proxy.ts';
import { type Answer, TestHttpServers } from './test-http-server.ts';

const servers = new TestHttpServers();
const certificate = new TestCertificate();
afterEach(() => servers.close());
afterAll(() => certificate[Symbol.dispose]());

const get = { kind: 'test', method: 'GET', path: '/_matrix/first' } as const;
const put = { kind: 'send', method: 'PUT', path: '/_matrix/draft', body: { text: 'a draft' } } as const;
const soon = { timeout: 2_000, interval: 10 };

// That the kernel sends nothing on is tried by `unplug` in e2e/containers/faults: here is no line to hold up.
describe.each(['http', 'https'])('over %s', (scheme) => {
  const serve = (answer: Answer) =>
    scheme === 'http' ? servers.serve(answer) : servers.serveSecurely(certificate, answer);

  /** A homeserver that answers nothing but GET, behind a proxy that sees how connections end. */
  async function behindProxy() {
    const origin = await serve((request, response) => {
      if (request.method === 'GET') response.end('{}');
    });
    const proxy = await new TcpProxy(origin).start();
    onTestFinished(() => proxy.stop());
    const through = new URL(proxy.through(origin));
    through.hostname = 'localhost';
    return { proxy, http: servers.connect(through.origin) };
  }

  test('the connection of a request that is aborted is reset, so that nothing of it is sent any more', async () => {
    const { proxy, http } = await behindProxy();
    const stop = new AbortController();
    const sent = http.request({ ...put, signal: stop.signal });
    await delay(100);
    expect(proxy.resets).toBe(0);
    stop.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => proxy.resets, soon).toBe(1);
    expect(await http.request(get)).toEqual({});
  });

  test('the same where it has had its time', async () => {
    const { proxy, http } = await behindProxy();
    await expect(http.request({ ...put, timeoutMs: 100 })).rejects.toMatchObject({ code: 'matrix_unavailable' });
    await expect.poll(() => proxy.resets, soon).toBe(1);
  });

  test('a connection that is not needed any more is closed', async () => {
    const { proxy, http } = await behindProxy();
    await http.request(get);
    await delay(50);
    await http.close();
    await delay(100);
    expect(proxy.resets).toBe(0);
  });

  test('a server that is not there, or goes in the middle, is told', async () => {
    const nobody = servers.connect(`${scheme}://localhost:1`);
    await expect(nobody.request(put)).rejects.toMatchObject({ code: 'matrix_unavailable' });
    const origin = await serve((request) => request.socket.destroy());
    await expect(servers.connect(origin).request(put)).rejects.toMatchObject({ code: 'matrix_unavailable' });
  });
});
