import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loop } from '../../../shared/volume/test-loop.ts';
import { openHandles } from '../../../shared/volume/test-volume.ts';
import { SECRET, testWorkspace, toolCalled } from './test-call.ts';

/** The first line of an answer, and the text after it. */
function parts(answer: string): { head: string; text: string } {
  const at = answer.indexOf('\n');
  return { head: answer.slice(0, at), text: answer.slice(at + 1) };
}

const NUMBERS = Array.from({ length: 100 }, (_, n) => `line ${n + 1}\n`).join('');

describe('a text', () => {
  test('is read whole', async () => {
    await using room = testWorkspace();
    room.put('inbox/notes.md', 'Привет\n');
    expect(await room.call('read_file', { path: './inbox/notes.md' })).toBe(
      'inbox/notes.md, the whole file, 13 bytes:\nПривет\n',
    );
  });

  test('without a byte is empty', async () => {
    await using room = testWorkspace();
    room.put('a', '');
    expect(await room.call('read_file', { path: 'a' })).toBe('a is empty (0 bytes).');
  });

  test('is read in lines', async () => {
    await using room = testWorkspace();
    room.put('a', NUMBERS);
    expect(await room.call('read_file', { path: 'a', from_line: 3, lines: 2 })).toBe(
      `a, lines 3 to 4, bytes 14 to 27 of ${NUMBERS.length}; to go on, call read_file with from_line 5:\nline 3\nline 4\n`,
    );
    expect(await room.call('read_file', { path: 'a', from_line: 100 })).toBe(
      `a, line 100, bytes 783 to 791 of ${NUMBERS.length}, the end of the file:\nline 100\n`,
    );
  });

  test('is read in bytes', async () => {
    await using room = testWorkspace();
    room.put('a', NUMBERS);
    expect(await room.call('read_file', { path: 'a', from_byte: 7, bytes: 10 })).toBe(
      `a, bytes 7 to 16 of ${NUMBERS.length}; to go on, call read_file with from_byte 17:\nline 2\nlin`,
    );
  });

  test.each([
    [{ from_line: 101 }, 'it has 792 bytes in 100 lines'],
    [{ from_line: 5_000 }, 'it has 792 bytes in 100 lines'],
    [{ from_byte: 792 }, 'it has 792 bytes.'],
    [{ from_byte: Number.MAX_SAFE_INTEGER }, 'it has 792 bytes.'],
  ])('ends before %j', async (range, says) => {
    await using room = testWorkspace();
    room.put('a', NUMBERS);
    expect(await room.call('read_file', { path: 'a', ...range })).toContain(says);
  });

  test('ends within a character that is asked for', async () => {
    await using room = testWorkspace();
    room.put('a', 'ж');
    expect(await room.call('read_file', { path: 'a', from_byte: 1 })).toContain('ends within that character');
  });

  test('is given 64 KiB at a time, in whole lines, with how to go on', async () => {
    await using room = testWorkspace();
    const whole = Array.from({ length: 20_000 }, (_, n) => `строка ${n + 1}\n`).join('');
    room.put('a', whole);
    let read = '';
    let range: Record<string, number> | undefined = {};
    while (range) {
      const { head, text } = parts(await room.call('read_file', { path: 'a', ...range }));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024);
      expect(text.endsWith('\n')).toBe(true);
      read += text;
      const next = /call read_file with (from_line) (\d+):$/.exec(head);
      range = next ? { [next[1]!]: Number(next[2]) } : undefined;
    }
    expect(read).toBe(whole);
  });

  test('of one long line goes on by bytes, between characters', async () => {
    await using room = testWorkspace();
    const whole = `a${'漢'.repeat(50_000)}`;
    room.put('a', whole);
    let read = '';
    for (let from_byte = 0, calls = 0; from_byte >= 0 && calls < 10; calls += 1) {
      const { head, text } = parts(await room.call('read_file', { path: 'a', ...(from_byte ? { from_byte } : {}) }));
      read += text;
      from_byte = Number(/with from_byte (\d+):$/.exec(head)?.[1] ?? -1);
    }
    expect(read).toBe(whole);
  });

  test('of any lines, in any steps, is read to its end by following what the answers say', async () => {
    await using room = testWorkspace();
    const unit = fc.constantFrom('a', 'ж', '🎉', '\n', '\r\n', '; to go on, call read_file with from_line 1:\n');
    const steps = fc.record({
      lines: fc.option(fc.integer({ min: 1, max: 4 })),
      bytes: fc.option(fc.integer({ min: 1, max: 50 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit, minLength: 1, maxLength: 60 }),
        steps,
        fc.boolean(),
        async (whole, step, byBytes) => {
          room.put('a', whole);
          let read = '';
          let range: Record<string, number> | undefined = byBytes ? { from_byte: 0 } : {};
          while (range) {
            const { head, text } = parts(await room.call('read_file', { path: 'a', ...step, ...range }));
            read += text;
            const next = /with (from_line|from_byte) (\d+):$/.exec(head);
            range = next ? { [next[1]!]: Number(next[2]) } : undefined;
          }
          expect(read).toBe(whole);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is not counted through for ever', async () => {
    await using room = testWorkspace();
    truncateSync(room.put('a', 'text\n'.repeat(2_000)), 2 ** 40);
    expect(await room.call('read_file', { path: 'a', from_line: 3_000 })).toMatch(/too far into it.*use from_byte/);
    expect(await room.call('read_file', { path: 'a', from_line: 2, lines: 1 })).toMatch(/^a, line 2, bytes 5 to 9 of/);
  });
});

describe('what is not text is described', () => {
  const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d', 'hex'), Buffer.alloc(1_000)]);

  test.each([
    ['a picture', PNG, '1012 bytes, by its first bytes a PNG picture. offer_file'],
    ['nothing but zeros', Buffer.alloc(10), '10 bytes, by its first bytes of an unknown type.'],
    ['Latin-1', Buffer.from('caf\xe9', 'latin1'), '4 bytes, by its first bytes perhaps text in another encoding.'],
    ['UTF-16', Buffer.from('\ufeffabc', 'utf16le'), '8 bytes, by its first bytes UTF-16 text.'],
  ])('%s', async (_, content, says) => {
    await using room = testWorkspace();
    room.put('a.txt', content);
    const answer = await room.call('read_file', { path: 'a.txt', from_byte: 3 });
    expect(answer).toBe(
      `a.txt is not UTF-8 text, so it cannot be read here: ${says.replace(/offer_file$/, '')}${says.endsWith('offer_file') ? '' : ' '}offer_file sends it to the person.`,
    );
  });

  test('also where it begins as text', async () => {
    await using room = testWorkspace();
    room.put('a', Buffer.concat([Buffer.from('text\n'.repeat(2_000)), Buffer.from([0xff, 0])]));
    expect(await room.call('read_file', { path: 'a' })).toMatch(/begins as UTF-8 text, but/);
    expect(await room.call('read_file', { path: 'a', lines: 2 })).toContain('text\ntext\n');
  });

  test('and text whose first 4 KiB end within a character is text', async () => {
    await using room = testWorkspace();
    room.put('a', `a${'ж'.repeat(3_000)}`);
    expect(await room.call('read_file', { path: 'a' })).toMatch(/the whole file/);
  });
});

describe('nothing outside of the workspace is read', () => {
  test.each(['..', '../outside/secret', '/etc/passwd', 'a/../../outside/secret', '', '.', 'a/', 'a\\b', 'a\0b'])(
    'by the path %j',
    async (path) => {
      await using room = testWorkspace();
      writeFileSync(join(room.outside, 'secret'), SECRET);
      expect(await room.call('read_file', { path })).toMatch(/must be relative to the workspace/);
    },
  );

  test('by links, nor is anything that is no plain file opened', async () => {
    await using room = testWorkspace();
    writeFileSync(join(room.outside, 'secret'), SECRET);
    symlinkSync(join(room.outside, 'secret'), join(room.workspace, 'soft'));
    linkSync(join(room.outside, 'secret'), join(room.workspace, 'hard'));
    symlinkSync(room.outside, join(room.workspace, 'folder'));
    symlinkSync('/dev/zero', join(room.workspace, 'zero'));
    symlinkSync('/proc/self/environ', join(room.workspace, 'environ'));
    execFileSync('mkfifo', [join(room.workspace, 'fifo')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(room.workspace, 'socket'), resolve));
    mkdirSync(join(room.workspace, 'inbox'));
    for (const path of ['soft', 'hard', 'folder/secret', 'zero', 'environ', 'fifo', 'socket', 'inbox'])
      expect(await room.call('read_file', { path }), path).toMatch(/^This is not a plain file of the workspace/);
    server.close();
  });

  test('where the workspace itself is a link', async () => {
    await using room = testWorkspace();
    writeFileSync(join(room.outside, 'secret'), SECRET);
    const workspace = join(room.agentsDir, 'chat-2');
    symlinkSync(room.outside, workspace);
    const call = { workspace, offer: () => {}, signal: new AbortController().signal };
    for (const [tool, args] of [
      ['read_file', { path: 'secret' }],
      ['offer_file', { path: 'secret' }],
      ['list_files', {}],
      ['write_file', { path: 'secret', content: '', replace: true }],
    ] as const)
      expect(await toolCalled(tool).run({ ...call, arguments: args }), tool).toMatch(/link/);
    expect(Object.values(room.untouched())).toEqual([SECRET]);
  });

  test('while files and links take turns', async () => {
    await using room = testWorkspace();
    writeFileSync(join(room.outside, 'secret'), SECRET);
    room.put('deep/a', 'inside');
    const data = { folder: join(room.workspace, 'deep'), secret: join(room.outside, 'secret') };
    const before = await openHandles();
    const seen = { read: 0, refused: 0 };
    {
      await using _ = await loop(data, (fs, { folder, secret }) => {
        for (let n = 0; n < 100; n += 1) {
          fs.symlinkSync(secret!, `${folder}/link`);
          fs.renameSync(`${folder}/link`, `${folder}/a`);
          fs.writeFileSync(`${folder}/file`, 'inside');
          fs.renameSync(`${folder}/file`, `${folder}/a`);
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      });
      const until = performance.now() + 20_000;
      const read = async () => {
        while ((seen.read < 10 || seen.refused < 10) && performance.now() < until) {
          const answer = await room.call('read_file', { path: 'deep/a' });
          expect(answer).not.toContain(SECRET);
          if (answer.includes('\ninside')) seen.read += 1;
          else seen.refused += 1;
        }
      };
      await Promise.all(Array.from({ length: 16 }, read));
    }
    expect(seen.read).toBeGreaterThanOrEqual(10);
    expect(seen.refused).toBeGreaterThanOrEqual(10);
    expect(await openHandles()).toBeLessThan(before + 10);
  });
});

test.each(['missing.txt', 'missing/a.txt', 'x'.repeat(300)])('%s is not there', async (path) => {
  await using room = testWorkspace();
  expect(await room.call('read_file', { path })).toBe('There is no such file; list_files shows what is there.');
});

test('it begins at a line or at a byte', async () => {
  await using room = testWorkspace();
  room.put('a', 'text');
  expect(await room.call('read_file', { path: 'a', from_line: 1, from_byte: 0 })).toMatch(/not both.*again/);
  expect(await room.call('read_file', { path: 'a', from_line: null, from_byte: 0 })).toMatch(/text$/);
});

test('no answer once the turn was cancelled, also in the middle of it', async () => {
  await using room = testWorkspace();
  room.put('a', `${'x'.repeat(60)}\n`.repeat(800_000));
  await expect(room.call('read_file', { path: 'a' }, AbortSignal.abort('cancelled'))).rejects.toBe('cancelled');
  const controller = new AbortController();
  const reading = room.call('read_file', { path: 'a', from_line: 800_000 }, controller.signal);
  setImmediate(() => controller.abort('cancelled'));
  await expect(reading).rejects.toBe('cancelled');
});

test('what people see of it', () => {
  const tool = toolCalled('read_file');
  expect(tool.title({ path: './inbox/report.pdf' })).toBe('reads inbox/report.pdf');
  expect(tool.title({ path: '../x' })).toBe('reads a file');
  expect(tool.permission({ path: 'inbox/report.pdf' })).toBeNull();
});
