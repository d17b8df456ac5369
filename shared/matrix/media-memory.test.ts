import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { pour, TestHttpServers } from './test-http-server.ts';

const MB = 1024 * 1024;
const PARALLEL = 8;
const SIZE = 50 * MB;
const servers = new TestHttpServers();
afterEach(() => servers.close());

const PIECES = `
  const pieces = async function* () {
    for (let given = 0; given < ${SIZE}; given += 65536) yield Buffer.alloc(65536);
  };`;
const DOWN = `
  const media = { url: 'mxc://a/b', maxBytes: ${SIZE}, idleMs: 20_000, totalMs: 60_000 };
  const once = () =>
    downloadMedia(http, media, async (chunk) => {
      await new Promise(setImmediate);
      giveBack(chunk);
    });`;
const UP = `${PIECES}
  const media = { open: pieces, size: ${SIZE}, type: 'text/plain', name: 'a', idleMs: 20_000 };
  const once = () => uploadMedia(http, media);`;

/** A process of its own, as a role is started, so that nothing of the server's side is counted. */
async function growthOf(baseUrl: string, way: string): Promise<number> {
  const at = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import { createMatrixHttp } from ${at('./http.ts')};
    import { downloadMedia } from ${at('./download-media.ts')};
    import { giveBack } from ${at('./receive-buffers.ts')};
    import { uploadMedia } from ${at('./media.ts')};
    const http = createMatrixHttp({ baseUrl: '${baseUrl}', accessToken: 'secret-token' });
    ${way}
    const before = process.memoryUsage().rss;
    await Promise.all(Array.from({ length: ${PARALLEL} }, once));
    console.log(process.resourceUsage().maxRSS * 1024 - before);
    await http.close();`;
  const flags = [
    '--disable-warning=ExperimentalWarning',
    '--max-semi-space-size=2',
    '--input-type=module',
    '-e',
    script,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, flags, {
    env: { ...process.env, MALLOC_ARENA_MAX: '1', NODE_OPTIONS: '' },
  });
  return Number(stdout);
}

// Whatever the size and the number of the files, which are 400 MB: what comes is read into memory that is used again, some
// 20 MB in all; of what goes, some 45 MB are not yet collected.
test.each([
  ['down', DOWN, 80],
  ['up', UP, 200],
])('eight files of 50 MB on their way %s are never held', async (_, way, most) => {
  const baseUrl = await servers.serve((request, response) => {
    if (request.method === 'GET') pour(response.setHeader('content-length', SIZE), { sent: 0 }, SIZE);
    else request.resume().on('end', () => response.end('{"content_uri":"mxc://a/b"}'));
  });
  const growth = await growthOf(baseUrl, way);
  expect(growth).toBeGreaterThan(0);
  expect(growth).toBeLessThan(most * MB);
});
