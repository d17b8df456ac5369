import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { beginIncoming } from './incoming-file.ts';
import { loop } from './test-loop.ts';
import { MAY_MOUNT, NEEDS_MOUNT, testMount } from './test-mount.ts';
import { openHandles, partsIn, testVolume } from './test-volume.ts';

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

async function receive(workspace: string, key: string, content: string, name: string) {
  const file = await beginIncoming(workspace, key);
  await file.write(Buffer.from(content));
  return file.settle(name);
}

describe('a file that comes in', () => {
  test('is there, whole, under its name, readable and writable by the group, never executable', async () => {
    await using volume = testVolume();
    const chunks = Array.from({ length: 20 }, () => randomBytes(70_000));
    const file = await beginIncoming(volume.workspace, '$event');
    for (const chunk of chunks) await file.write(chunk);
    const content = Buffer.concat(chunks);
    const umask = process.umask(0o077);
    try {
      const settled = await file.settle('report.pdf');
      expect(settled).toEqual({ path: 'inbox/report.pdf', size: content.length, sha256: sha256(content) });
    } finally {
      process.umask(umask);
    }
    const path = join(volume.workspace, 'inbox/report.pdf');
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(statSync(path).mode & 0o7777).toBe(0o660);
    expect(statSync(path).nlink).toBe(1);
    expect(statSync(join(volume.workspace, 'inbox')).mode & 0o7777).toBe(0o2770);
    expect(readdirSync(join(volume.workspace, 'inbox'))).toEqual(['report.pdf']);
  });

  test('may be empty', async () => {
    await using volume = testVolume();
    const file = await beginIncoming(volume.workspace, '$event');
    expect(await file.settle('empty')).toEqual({ path: 'inbox/empty', size: 0, sha256: sha256('') });
  });

  test('makes its workspace, but not the volume', async () => {
    await using volume = testVolume();
    const fresh = join(volume.agentsDir, 'chat-2');
    expect(await receive(fresh, '$event', 'x', 'a')).toMatchObject({ path: 'inbox/a' });
    expect(statSync(fresh).mode & 0o7777).toBe(0o2770);
    const unmounted = join(volume.agentsDir, 'not-mounted', 'chat-1');
    await expect(beginIncoming(unmounted, '$event')).rejects.toMatchObject({ code: 'volume_unwritable' });
    expect(existsSync(join(volume.agentsDir, 'not-mounted'))).toBe(false);
  });

  test('can be looked at before it settles', async () => {
    await using volume = testVolume();
    const file = await beginIncoming(volume.workspace, '$event');
    await file.write(Buffer.from('content'));
    expect(readFileSync(file.partPath, 'utf8')).toBe('content');
    await file.abandon();
  });

  test('has a safe name, whatever it is told', async () => {
    await using volume = testVolume();
    expect(await receive(volume.workspace, '$1', 'x', '../../x.txt')).toMatchObject({ path: 'inbox/x.txt' });
    expect(await receive(volume.workspace, '$2', 'y', '.bashrc')).toMatchObject({ path: 'inbox/bashrc' });
  });

  test('is never seen under its name before it is whole', async () => {
    await using volume = testVolume();
    const inbox = join(volume.workspace, 'inbox');
    mkdirSync(inbox);
    await using reader = await loop({ inbox }, (fs, { inbox }) => {
      for (const name of fs.readdirSync(inbox!)) {
        if (name.startsWith('.')) continue;
        const { size, mode } = fs.statSync(`${inbox}/${name}`);
        if (size !== 300_000 || (mode & 0o777) !== 0o660) return false;
      }
      return true;
    });
    const until = performance.now() + 10_000;
    for (let n = 0; n < 60 || (reader.turns() < 100 && performance.now() < until); n += 1) {
      const file = await beginIncoming(volume.workspace, `$${n}`);
      for (let chunk = 0; chunk < 3; chunk += 1) await file.write(randomBytes(100_000));
      await file.settle('a.bin');
    }
    expect(reader.bad()).toBe(0);
  });

  test('abandoned leaves nothing, and so does whatever comes after that', async () => {
    await using volume = testVolume();
    const before = await openHandles();
    for (let n = 0; n < 50; n += 1) {
      const file = await beginIncoming(volume.workspace, '$event');
      await file.write(Buffer.from('x'));
      await file.abandon();
      await file.abandon();
      await expect(file.write(Buffer.from('y'))).rejects.toThrow();
      await expect(file.settle('a')).rejects.toThrow();
    }
    expect(readdirSync(join(volume.workspace, 'inbox'))).toEqual([]);
    expect(await openHandles()).toBeLessThan(before + 20);
  });

  test('abandoned after it settled stays', async () => {
    await using volume = testVolume();
    const file = await beginIncoming(volume.workspace, '$event');
    await file.settle('a');
    await file.abandon();
    expect(readdirSync(join(volume.workspace, 'inbox'))).toEqual(['a']);
  });
});

describe('a name that is taken', () => {
  test('gets a number, and what was there stays', async () => {
    await using volume = testVolume();
    const paths = [];
    for (const content of ['one', 'two', 'three'])
      paths.push((await receive(volume.workspace, `$${content}`, content, 'report.pdf')).path);
    expect(paths).toEqual(['inbox/report.pdf', 'inbox/report-2.pdf', 'inbox/report-3.pdf']);
    expect(paths.map((path) => readFileSync(join(volume.workspace, path), 'utf8'))).toEqual(['one', 'two', 'three']);
  });

  test('by the same bytes is its own, numbered or not', async () => {
    await using volume = testVolume();
    await receive(volume.workspace, '$1', 'one', 'a.txt');
    await receive(volume.workspace, '$2', 'two', 'a.txt');
    expect(await receive(volume.workspace, '$1', 'one', 'a.txt')).toMatchObject({ path: 'inbox/a.txt' });
    expect(await receive(volume.workspace, '$2', 'two', 'a.txt')).toMatchObject({ path: 'inbox/a-2.txt' });
    expect(readdirSync(join(volume.workspace, 'inbox')).toSorted()).toEqual(['a-2.txt', 'a.txt']);
  });

  test('by other bytes of the same length is not', async () => {
    await using volume = testVolume();
    await receive(volume.workspace, '$1', 'one', 'a.txt');
    expect(await receive(volume.workspace, '$2', 'two', 'a.txt')).toMatchObject({ path: 'inbox/a-2.txt' });
  });

  test.each<[string, (path: string) => void]>([
    ['a folder', (path) => mkdirSync(path)],
    [
      'a link to the same bytes',
      (path) => {
        writeFileSync(`${path}.real`, 'x');
        symlinkSync(`${path}.real`, path);
      },
    ],
    ['a link to nothing', (path) => symlinkSync('/nowhere/at/all', path)],
  ])('by %s gets a number', async (_, put) => {
    await using volume = testVolume();
    mkdirSync(join(volume.workspace, 'inbox'));
    put(join(volume.workspace, 'inbox/a.txt'));
    expect(await receive(volume.workspace, '$1', 'x', 'a.txt')).toMatchObject({ path: 'inbox/a-2.txt' });
    expect(existsSync('/nowhere')).toBe(false);
  });

  test('a thousand times over still ends', async () => {
    await using volume = testVolume();
    mkdirSync(join(volume.workspace, 'inbox'));
    for (let n = 1; n <= 1000; n += 1) volume.put(n === 1 ? 'inbox/a.txt' : `inbox/a-${n}.txt`, String(n));
    const { path } = await receive(volume.workspace, '$1', 'x', 'a.txt');
    expect(readFileSync(join(volume.workspace, path), 'utf8')).toBe('x');
  });

  test('by two at once: each file has one of its own', async () => {
    await using volume = testVolume();
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    const settled = await Promise.all(numbers.map((n) => receive(volume.workspace, `$${n}`, `content ${n}`, 'a.txt')));
    expect(new Set(settled.map(({ path }) => path)).size).toBe(20);
    settled.forEach(({ path }, n) => {
      expect(readFileSync(join(volume.workspace, path), 'utf8')).toBe(`content ${n}`);
    });
  });
});

describe('a worker that was killed', () => {
  test('while it wrote leaves a part that the next one starts without', async () => {
    await using volume = testVolume();
    const script = `
      import { beginIncoming } from ${JSON.stringify(import.meta.resolve('./incoming-file.ts'))};
      const file = await beginIncoming(${JSON.stringify(volume.workspace)}, '$event');
      await file.write(Buffer.alloc(100_000, 'old'));
      process.kill(process.pid, 'SIGKILL');
    `;
    await once(spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }), 'exit');
    const inbox = join(volume.workspace, 'inbox');
    expect(await partsIn(inbox)).toHaveLength(1);
    expect(await receive(volume.workspace, '$event', 'new', 'a')).toMatchObject({ size: 3, sha256: sha256('new') });
    expect(readdirSync(inbox)).toEqual(['a']);
  });

  test('between the name and the record: its file is found, and was never touched', async () => {
    await using volume = testVolume();
    const inbox = join(volume.workspace, 'inbox');
    const killed = await beginIncoming(volume.workspace, '$event');
    await killed.write(Buffer.from('content'));
    const [part] = await partsIn(inbox);
    linkSync(join(inbox, part!), join(inbox, 'a.txt'));

    const next = await beginIncoming(volume.workspace, '$event');
    expect(readFileSync(join(inbox, 'a.txt'), 'utf8')).toBe('content');
    await next.write(Buffer.from('content'));
    expect(await next.settle('a.txt')).toMatchObject({ path: 'inbox/a.txt' });
    expect(readdirSync(inbox)).toEqual(['a.txt']);
    expect(statSync(join(inbox, 'a.txt')).nlink).toBe(1);
    await killed.abandon();
  });

  test('and was only asleep cannot settle, nor harm the next one', async () => {
    await using volume = testVolume();
    const asleep = await beginIncoming(volume.workspace, '$event');
    await asleep.write(Buffer.from('half of'));
    const next = await beginIncoming(volume.workspace, '$event');
    await asleep.write(Buffer.from(' something'));
    await next.write(Buffer.from('whole'));
    await expect(asleep.settle('a')).rejects.toMatchObject({ code: 'volume_unwritable' });
    expect(await next.settle('a')).toMatchObject({ path: 'inbox/a' });
    expect(readFileSync(join(volume.workspace, 'inbox/a'), 'utf8')).toBe('whole');
  });
});

describe('an agent that is in the way', () => {
  test('by a link in place of the inbox, or of the workspace: nothing is written through it', async () => {
    await using volume = testVolume();
    symlinkSync(volume.outside, join(volume.workspace, 'inbox'));
    await expect(beginIncoming(volume.workspace, '$event')).rejects.toMatchObject({ code: 'volume_unwritable' });
    symlinkSync(volume.outside, join(volume.agentsDir, 'chat-2'));
    const linked = join(volume.agentsDir, 'chat-2');
    await expect(beginIncoming(linked, '$event')).rejects.toMatchObject({ code: 'volume_unwritable' });
    expect(readdirSync(volume.outside)).toEqual([]);
  });

  test('by a link put there while it is written: the file goes where it was begun', async () => {
    await using volume = testVolume();
    const file = await beginIncoming(volume.workspace, '$event');
    renameSync(join(volume.workspace, 'inbox'), join(volume.workspace, 'moved'));
    symlinkSync(volume.outside, join(volume.workspace, 'inbox'));
    await file.write(Buffer.from('x'));
    await file.settle('a');
    expect(readdirSync(volume.outside)).toEqual([]);
    expect(readdirSync(join(volume.workspace, 'moved'))).toEqual(['a']);
  });

  test('exchanging inbox and link all the time: nothing is ever outside', async () => {
    await using volume = testVolume();
    mkdirSync(join(volume.workspace, 'inbox'));
    const data = { inbox: join(volume.workspace, 'inbox'), outside: volume.outside };
    await using _ = await loop(data, (fs, { inbox, outside }) => {
      try {
        fs.renameSync(inbox!, `${inbox}-aside`);
        fs.symlinkSync(outside!, inbox!);
        fs.unlinkSync(inbox!);
        fs.renameSync(`${inbox}-aside`, inbox!);
      } catch {
        // The bot has made an inbox in the gap: start over with that.
        fs.rmSync(`${inbox}-aside`, { recursive: true, force: true });
      }
    });
    let settled = 0;
    for (let n = 0; n < 500; n += 1) {
      try {
        await receive(volume.workspace, `$${n}`, 'x', `${n}.txt`);
        settled += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'volume_unwritable' });
      }
    }
    expect(settled).toBeGreaterThan(0);
    expect(readdirSync(volume.outside)).toEqual([]);
    expect(statSync(volume.outside).mode & 0o7777).not.toBe(0o2770);
  });

  test('by another file in place of the part: it does not get the name', async () => {
    await using volume = testVolume();
    const inbox = join(volume.workspace, 'inbox');
    const file = await beginIncoming(volume.workspace, '$event');
    const [part] = await partsIn(inbox);
    unlinkSync(join(inbox, part!));
    symlinkSync('/etc/passwd', join(inbox, part!));
    await file.write(Buffer.from('x'));
    await expect(file.settle('a')).rejects.toMatchObject({ code: 'volume_unwritable' });
    expect(readdirSync(inbox)).toEqual([]);
  });

  test('by deleting everything', async () => {
    await using volume = testVolume();
    const file = await beginIncoming(volume.workspace, '$event');
    rmSync(volume.workspace, { recursive: true });
    await file.write(Buffer.from('x'));
    await expect(file.settle('a')).rejects.toMatchObject({ code: 'volume_unwritable' });
  });

  test('by a file in place of the inbox', async () => {
    await using volume = testVolume();
    volume.put('inbox', '');
    await expect(beginIncoming(volume.workspace, '$event')).rejects.toMatchObject({ code: 'volume_unwritable' });
    expect(lstatSync(join(volume.workspace, 'inbox')).isFile()).toBe(true);
  });
});

describe('a volume that cannot take it', () => {
  test.skipIf(!MAY_MOUNT)(`is full: nothing is left of the file, and there is room again${NEEDS_MOUNT}`, async () => {
    using small = testMount(64);
    const workspace = join(small.path, 'chat-1');
    const file = await beginIncoming(workspace, '$event');
    const write = async () => {
      for (let n = 0; n < 100; n += 1) await file.write(randomBytes(4096));
    };
    await expect(write()).rejects.toMatchObject({ code: 'volume_full' });
    expect(readdirSync(join(workspace, 'inbox'))).toEqual([]);
    expect(await receive(workspace, '$other', 'small', 'a')).toMatchObject({ path: 'inbox/a' });
  });

  test.skipIf(!MAY_MOUNT)(`is read-only, from the start or in the middle${NEEDS_MOUNT}`, async () => {
    using small = testMount(64);
    const workspace = join(small.path, 'chat-1');
    await receive(workspace, '$1', 'x', 'a');
    small.remountReadOnly();
    await expect(beginIncoming(workspace, '$2')).rejects.toMatchObject({ code: 'volume_unwritable' });
    await expect(beginIncoming(join(small.path, 'chat-2'), '$2')).rejects.toMatchObject({ code: 'volume_unwritable' });
    expect(readdirSync(join(workspace, 'inbox'))).toEqual(['a']);
  });
});
