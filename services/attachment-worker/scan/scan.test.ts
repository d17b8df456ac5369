import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openScan } from './open-scan.ts';

const folder = mkdtempSync(join(tmpdir(), 'surfaces-scan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const scan = (named: string, path: string, signal = new AbortController().signal) => openScan(named)!(path, signal);
/** The string that every scanner knows, in two parts so that none finds this file. */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

test('none is none', () => {
  expect(openScan('')).toBeNull();
});

describe('clamd, as it speaks', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** Takes a stream as clamd(8) says it is sent, and answers by what it was. */
  async function clamd(answerTo: (content: Buffer) => string | null): Promise<string> {
    server = createServer((socket) => {
      let seen = Buffer.alloc(0);
      socket.on('error', () => {});
      socket.on('data', (data) => {
        seen = Buffer.concat([seen, data]);
        const content = contentOf(seen);
        const answer = content && answerTo(content);
        if (answer) socket.end(`${answer}\0`);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server!.once('listening', resolve));
    return `clamd://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  /** Null until the chunk of no length has come. */
  function contentOf(seen: Buffer): Buffer | null {
    if (!seen.toString('latin1').startsWith('zINSTREAM\0')) return null;
    const chunks: Buffer[] = [];
    for (let at = 10; at + 4 <= seen.length; ) {
      const length = seen.readUInt32BE(at);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(seen.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return null;
  }

  test.each([0, 1, 65_536, 1_000_003])('gets all of %i bytes', async (size) => {
    const content = Buffer.alloc(size, 7);
    const named = await clamd((got) => (got.equals(content) ? 'stream: OK' : 'stream: wrong FOUND'));
    await scan(named, file('whole', content));
  });

  test('what it finds is refused, with its name', async () => {
    const named = await clamd(() => 'stream: Eicar-Test FOUND');
    await expect(scan(named, file('bad', 'x'))).rejects.toMatchObject({
      code: 'file_refused',
      message: 'the scan found: Eicar-Test',
    });
  });

  test.each([
    ['an error', 'UNKNOWN COMMAND. ERROR', 'scan_unavailable'],
    ['more than it looks at', 'INSTREAM size limit exceeded. ERROR', 'file_refused'],
  ])('%s', async (_, answer, code) => {
    await expect(scan(await clamd(() => answer), file('any', 'x'))).rejects.toMatchObject({ code });
  });

  test('nobody there: it cannot be told', async () => {
    await expect(scan('clamd://127.0.0.1:1', file('any', 'x'))).rejects.toMatchObject({ code: 'scan_unavailable' });
  });

  test('a run that is over', async () => {
    const stop = new AbortController();
    const named = await clamd(() => null);
    const scanning = scan(named, file('any', 'x'), stop.signal);
    setTimeout(() => stop.abort(new Error('over')), 30);
    await expect(scanning).rejects.toThrow('over');
  });
});

const hasClamd = spawnSync('clamd', ['--version']).status === 0;
describe.skipIf(!hasClamd)('a real clamd (skipped where none is installed)', () => {
  const socket = join(folder, 'clamd.sock');
  let child: ReturnType<typeof spawn>;
  beforeAll(async () => {
    const md5 = createHash('md5').update(EICAR).digest('hex');
    file('test.hdb', `${md5}:${EICAR.length}:Eicar-Test\n`);
    const lines = [`LocalSocket ${socket}`, `DatabaseDirectory ${folder}`, 'StreamMaxLength 1M', 'Foreground yes'];
    child = spawn('clamd', ['-c', file('clamd.conf', `${lines.join('\n')}\n`)], { stdio: 'ignore' });
    for (let tries = 0; tries < 300; tries++) {
      if (
        await scan(`clamd://${socket}`, file('clean', 'x')).then(
          () => true,
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('clamd did not come up within 30 s');
  }, 60_000);
  afterAll(() => void child.kill('SIGKILL'));

  test('lets pass, refuses, and says when it is too much', async () => {
    await scan(`clamd://${socket}`, file('clean', Buffer.alloc(900_000)));
    await expect(scan(`clamd://${socket}`, file('eicar', EICAR))).rejects.toMatchObject({ code: 'file_refused' });
    const large = file('large', Buffer.alloc(9_000_000));
    await expect(scan(`clamd://${socket}`, large)).rejects.toMatchObject({ code: 'file_refused' });
  });
});

describe('a program', () => {
  const program = (lines: string) => {
    const path = file(`scan-${Math.random()}.sh`, `#!/bin/sh\n${lines}\n`);
    chmodSync(path, 0o755);
    return `exec:${path}`;
  };

  test('gets the path, and lets pass by exit code 0', async () => {
    await scan(program('[ "$(cat "$1")" = "hello" ]'), file('named', 'hello'));
  });

  test.each([
    ['refuses by 1', 'echo Worm; exit 1', 'file_refused'],
    ['cannot tell by any other', 'exit 2', 'scan_unavailable'],
    ['is killed', 'kill -9 $$', 'scan_unavailable'],
  ])('%s', async (_, lines, code) => {
    await expect(scan(program(lines), file('any', 'x'))).rejects.toMatchObject({ code });
  });
});
