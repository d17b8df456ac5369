import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { askModels } from './doctor.ts';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
}

describe('the doctor', () => {
  test('lists the models of a server', async () => {
    await using endpoint = await ScriptedEndpoint.start();
    expect(await askModels({ baseUrl: endpoint.baseUrl })).toEqual({ ok: true, models: ['scripted', 'other'] });
  });

  test('says what is wrong, and where, without secrets', async () => {
    const baseUrl = await serve((request, response) => {
      expect(request.url).toBe('/v1/models');
      response.writeHead(401).end(`no: ${request.headers.authorization}`);
    });
    const settings = { baseUrl: baseUrl.replace('://', '://ann:secret@'), apiKey: 'sk-key' };
    expect(await askModels(settings)).toEqual({
      ok: false,
      problem: `${baseUrl}models: the model’s server does not accept the key (HTTP 401)`,
    });
  });

  test.each([
    ['http://127.0.0.1:2/v1', 'cannot be reached (ECONNREFUSED)'],
    ['nonsense', 'is not an http(s) URL'],
  ])('of %s: %s', async (baseUrl, problem) => {
    expect(await askModels({ baseUrl })).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });

  test('knows what is no such server', async () => {
    const baseUrl = await serve((_, response) => response.end('<html>Welcome</html>'));
    expect(await askModels({ baseUrl })).toMatchObject({ problem: expect.stringContaining('no OpenAI-compatible') });
  });

  test('does not wait for more than 5 s, not even for a server that drips', async () => {
    const baseUrl = await serve((_, response) => {
      const timer = setInterval(() => response.write(' '), 500);
      response.on('close', () => clearInterval(timer));
    });
    const begin = performance.now();
    expect(await askModels({ baseUrl })).toMatchObject({ problem: expect.stringMatching(/5 s|in time/) });
    expect(performance.now() - begin).toBeLessThan(9_000);
  });
});
