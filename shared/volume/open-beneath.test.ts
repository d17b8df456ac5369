import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PINS_FOLDERS } from './folder.ts';
import { partsOf } from './offered-path.ts';
import { openBeneath } from './open-beneath.ts';
import { openByPath } from './open-by-path.ts';
import { loop } from './test-loop.ts';
import { openHandles, testVolume } from './test-volume.ts';

const INSIDE = 'inside';
const SECRET = 'SECRET';
const refused = expect.objectContaining({ code: 'file_outside' });

async function read(root: string, path: string): Promise<string> {
  await using file = await openBeneath(root, path);
  return file.readFile('utf8');
}

describe('a file of the workspace', () => {
  test.each([
    'a.txt',
    'outbox/a.txt',
    './outbox/a.txt',
    'outbox//a.txt',
    'outbox/./a.txt',
    'Отчёт за март.txt',
    '..a/b..',
  ])('%s is opened', async (path) => {
    await using volume = testVolume();
    volume.put(path, INSIDE);
    expect(await read(volume.workspace, path)).toBe(INSIDE);
  });

  test('is opened where a link leads to the volume', async () => {
    await using volume = testVolume();
    volume.put('a.txt', INSIDE);
    const link = join(volume.outside, 'agents');
    symlinkSync(volume.agentsDir, link);
    expect(await read(join(link, 'chat-1'), 'a.txt')).toBe(INSIDE);
    expect(await read(`${link}/.`, 'chat-1/a.txt')).toBe(INSIDE);
  });

  test('stays the file it was, once it is open', async () => {
    await using volume = testVolume();
    const path = volume.put('a.txt', INSIDE);
    await using file = await openBeneath(volume.workspace, 'a.txt');
    unlinkSync(path);
    symlinkSync('/etc/passwd', path);
    expect(await file.readFile('utf8')).toBe(INSIDE);
  });
});

describe('is refused by its text', () => {
  test.each([
    ['', /empty/],
    ['.', /folder/],
    ['outbox/', /folder/],
    ['/etc/passwd', /absolute/],
    ['..', /\.\./],
    ['../chat-2/a.txt', /\.\./],
    ['a/../../b', /\.\./],
    ['a\0.txt', /NUL/],
    ['a\\b', /backslash/],
    ['x'.repeat(4097), /longer/],
  ])('%j', async (path, why) => {
    await using volume = testVolume();
    await expect(read(volume.workspace, path)).rejects.toEqual(refused);
    await expect(read(volume.workspace, path)).rejects.toThrow(why);
  });

  test('in one short line, whatever the path', async () => {
    await using volume = testVolume();
    const error = await read(volume.workspace, `/${'\n\x1b[31m'.repeat(1000)}`).catch((thrown: Error) => thrown);
    expect((error as Error).message).toMatch(/^\P{Cc}{1,1500}$/u);
  });
});

describe.each([
  ['beneath open folders', openBeneath],
  ['by path, without /proc', async (root: string, path: string) => (await openByPath(root, path, partsOf(path))).file],
])('is refused by what it is, %s', (_, opens) => {
  const attempts: [string, (volume: ReturnType<typeof testVolume>) => string][] = [
    [
      'a link to a file outside',
      ({ workspace, outside }) => {
        writeFileSync(join(outside, 'secret'), SECRET);
        symlinkSync(join(outside, 'secret'), join(workspace, 'a'));
        return 'a';
      },
    ],
    [
      'a link to a file inside',
      ({ workspace, put }) => {
        put('real', INSIDE);
        symlinkSync('real', join(workspace, 'a'));
        return 'a';
      },
    ],
    [
      'a link to nothing',
      ({ workspace }) => {
        symlinkSync('nothing', join(workspace, 'a'));
        return 'a';
      },
    ],
    [
      'a link to itself',
      ({ workspace }) => {
        symlinkSync('a', join(workspace, 'a'));
        return 'a';
      },
    ],
    [
      'a folder on the way that is a link outside',
      ({ workspace, outside }) => {
        writeFileSync(join(outside, 'secret'), SECRET);
        symlinkSync(outside, join(workspace, 'd'));
        return 'd/secret';
      },
    ],
    [
      'a folder on the way that is a link inside',
      ({ workspace, put }) => {
        put('real/deep/a', INSIDE);
        symlinkSync('real', join(workspace, 'd'));
        return 'd/deep/a';
      },
    ],
    [
      'a hard link to a file outside',
      ({ workspace, outside }) => {
        writeFileSync(join(outside, 'secret'), SECRET);
        linkSync(join(outside, 'secret'), join(workspace, 'a'));
        return 'a';
      },
    ],
    [
      'a folder',
      ({ put }) => {
        put('d/a', '');
        return 'd';
      },
    ],
    [
      'a file as a folder',
      ({ put }) => {
        put('a', '');
        return 'a/b';
      },
    ],
    [
      'a FIFO, without waiting',
      ({ workspace }) => {
        execFileSync('mkfifo', [join(workspace, 'a')]);
        return 'a';
      },
    ],
  ];
  test.each(attempts)('%s', async (_name, arrange) => {
    await using volume = testVolume();
    const path = arrange(volume);
    await expect(opens(volume.workspace, path)).rejects.toSatisfy(
      (error: { code: string }) => error.code === 'file_outside' || error.code === 'ENOTDIR',
    );
  });

  test('a socket', async () => {
    await using volume = testVolume();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(volume.workspace, 's'), resolve));
    await expect(opens(volume.workspace, 's')).rejects.toEqual(refused);
    server.close();
  });

  test.skipIf(process.getuid?.() !== 0)('a device (needs root to make one)', async () => {
    await using volume = testVolume();
    execFileSync('mknod', [join(volume.workspace, 'zero'), 'c', '1', '5']);
    execFileSync('mknod', [join(volume.workspace, 'loop'), 'b', '7', '0']);
    await expect(opens(volume.workspace, 'zero')).rejects.toEqual(refused);
    await expect(opens(volume.workspace, 'loop')).rejects.toEqual(refused);
  });
});

describe('a workspace', () => {
  test('that is a link is refused: the agent made it one', async () => {
    await using volume = testVolume();
    writeFileSync(join(volume.outside, 'secret'), SECRET);
    symlinkSync(volume.outside, join(volume.agentsDir, 'chat-2'));
    await expect(read(join(volume.agentsDir, 'chat-2'), 'secret')).rejects.toEqual(refused);
  });

  test.each(['missing.txt', 'missing/a.txt', 'x'.repeat(300)])('without %s says so', async (path) => {
    await using volume = testVolume();
    await expect(read(volume.workspace, path)).rejects.toMatchObject({ code: 'file_unavailable' });
    await expect(read(join(volume.agentsDir, 'chat-9'), path)).rejects.toMatchObject({ code: 'file_unavailable' });
  });
});

/** Opens again and again, many at a time, while an adversary exchanges what is there. Each is read or refused. */
async function openMany(root: string, path: string): Promise<void> {
  const outcome = { read: 0, refused: 0 };
  const before = await openHandles();
  const until = performance.now() + 20_000;
  const isEnough = () => outcome.read + outcome.refused > 5_000 && outcome.read > 20 && outcome.refused > 20;
  const open = async () => {
    while (!isEnough() && performance.now() < until) {
      try {
        expect(await read(root, path)).toBe(INSIDE);
        outcome.read += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^file_(outside|unavailable|changed)$/) });
        outcome.refused += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 64 }, open));
  expect(await openHandles()).toBeLessThan(before + 20);
  expect(outcome.read).toBeGreaterThan(20);
  expect(outcome.refused).toBeGreaterThan(20);
}

describe.skipIf(!PINS_FOLDERS)('an agent that exchanges what it offered never gets a byte from outside', () => {
  // Whoever exchanges without a pause never has a file that rests, and is refused every time.
  test('a file and a link to one outside', async () => {
    await using volume = testVolume();
    writeFileSync(join(volume.outside, 'secret'), SECRET);
    volume.put('deep/a', INSIDE);
    const folder = join(volume.workspace, 'deep');
    await using _ = await loop({ folder, secret: join(volume.outside, 'secret') }, (fs, { folder, secret }) => {
      for (let n = 0; n < 200; n += 1) {
        fs.symlinkSync(secret!, `${folder}/link`);
        fs.renameSync(`${folder}/link`, `${folder}/a`);
        fs.writeFileSync(`${folder}/file`, 'inside');
        fs.renameSync(`${folder}/file`, `${folder}/a`);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    });
    await openMany(volume.workspace, 'deep/a');
  });

  test('a file and a hard link to one outside', async () => {
    await using volume = testVolume();
    writeFileSync(join(volume.outside, 'secret'), SECRET);
    volume.put('a', INSIDE);
    const { workspace: folder, outside } = volume;
    await using _ = await loop({ folder, secret: join(outside, 'secret') }, (fs, { folder, secret }) => {
      for (let n = 0; n < 200; n += 1) {
        fs.linkSync(secret!, `${folder}/link`);
        fs.renameSync(`${folder}/link`, `${folder}/a`);
        fs.writeFileSync(`${folder}/file`, 'inside');
        fs.renameSync(`${folder}/file`, `${folder}/a`);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    });
    await openMany(folder, 'a');
  });

  test.each(['one', 'one/two'])('the folder %s and a link to one outside', async (exchanged) => {
    await using volume = testVolume();
    volume.put('one/two/a', INSIDE);
    const below = exchanged === 'one' ? 'two' : '.';
    mkdirSync(join(volume.outside, below), { recursive: true });
    writeFileSync(join(volume.outside, below, 'a'), SECRET);
    const data = { folder: join(volume.workspace, exchanged), outside: volume.outside };
    await using _ = await loop(data, (fs, { folder, outside }) => {
      fs.renameSync(folder!, `${folder}-aside`);
      fs.symlinkSync(outside!, folder!);
      fs.unlinkSync(folder!);
      fs.renameSync(`${folder}-aside`, folder!);
    });
    await openMany(volume.workspace, 'one/two/a');
  });

  test('the workspace itself and a link to a folder outside', async () => {
    await using volume = testVolume();
    volume.put('a', INSIDE);
    writeFileSync(join(volume.outside, 'a'), SECRET);
    const data = { folder: volume.workspace, outside: volume.outside };
    await using _ = await loop(data, (fs, { folder, outside }) => {
      fs.renameSync(folder!, `${folder}-aside`);
      fs.symlinkSync(outside!, folder!);
      fs.unlinkSync(folder!);
      fs.renameSync(`${folder}-aside`, folder!);
    });
    await openMany(volume.workspace, 'a');
  });

  test('and no handle stays open', async () => {
    await using volume = testVolume();
    volume.put('one/two/a', INSIDE);
    symlinkSync('a', join(volume.workspace, 'one/two/link'));
    linkSync(join(volume.workspace, 'one/two/a'), join(volume.workspace, 'one/two/b'));
    const before = await openHandles();
    for (const path of ['one/two/a', 'one/two/link', 'one/two', 'one/missing/a', 'one/two/a/b', 'missing'])
      for (let n = 0; n < 50; n += 1) await read(volume.workspace, path).catch(() => undefined);
    expect(await openHandles()).toBeLessThan(before + 20);
    renameSync(join(volume.workspace, 'one/two/b'), join(volume.workspace, 'gone'));
  });
});
