import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { standardToolSource } from '../tools/standard-tools.ts';
import type { ToolSource } from '../tools/tool.ts';
import { openaiAdapter } from './openai-adapter.ts';
import { sourceOf } from './testing/test-tools.ts';
import { settingsFor } from './testing/test-turn.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});
async function serving(models: readonly string[]): Promise<string> {
  server = createServer((_, response) => response.end(JSON.stringify({ data: models.map((id) => ({ id })) })));
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}
const check = (...settings: Parameters<typeof settingsFor>) => openaiAdapter(settingsFor(...settings)).check!();
const telling = (check: ToolSource['check']): ToolSource => ({ ...sourceOf([]), check });

describe('the check of an agent', () => {
  test('says which model is where, and what it is given', async () => {
    const baseUrl = await serving(['other', 'scripted']);
    expect(await check(baseUrl)).toEqual({ ok: true, detail: `model scripted at ${baseUrl}` });
    const tools = telling(async () => [...(await standardToolSource().check()), '12 tools of github']);
    expect(await check(baseUrl, { tools, images: true })).toEqual({
      ok: true,
      detail: `model scripted at ${baseUrl}; files, 12 tools of github; pictures`,
    });
  });

  test.each(['scripted:latest', 'models/scripted'])('knows the model as %s', async (name) => {
    expect(await check(await serving([name]))).toMatchObject({ ok: true });
  });

  test('says which models there are where this one is not', async () => {
    const baseUrl = await serving(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    const problem = `${baseUrl} has no model scripted, but a, b, c, d, e and 2 more`;
    expect(await check(baseUrl)).toEqual({ ok: false, problem });
  });

  test('does not know of a server that lists none', async () => {
    const baseUrl = await serving([]);
    expect(await check(baseUrl)).toEqual({ ok: true, detail: `${baseUrl} answers, and lists no models` });
  });

  test('says why the server does not answer, without secrets', async () => {
    const found = await check('http://ann:hush@127.0.0.1:1/v1?token=query-secret');
    expect(found).toEqual({
      ok: false,
      problem: 'http://127.0.0.1:1/v1/models?token=[secret]: the model’s server cannot be reached (ECONNREFUSED)',
    });
    const baseUrl = await serving(['scripted']);
    const detail = `model scripted at ${baseUrl}?token=[secret]`;
    expect(await check(`${baseUrl.replace('://', '://ann:hush@')}?token=query-secret`)).toEqual({ ok: true, detail });
  });

  test('does not wait for tools that do not answer', async () => {
    const begin = performance.now();
    const tools = telling(() => new Promise(() => {}));
    const found = await check(await serving(['scripted']), { tools });
    expect(found).toMatchObject({ ok: true, detail: expect.stringContaining('tools that do not answer') });
    expect(performance.now() - begin).toBeLessThan(6_000);
  });
});
