import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK, padding, readRecords, readTarBlock, TAR_END, type TarEntry, tarHeader } from './tar-entry.ts';

/** Any bytes but NUL, and no slash at an end. */
const bytes = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((array) => Buffer.from(array.map((byte) => byte || 1)).toString('latin1'))
  .map((path) => `a${path}b`);
const id = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const common = { path: bytes, mode: fc.integer({ min: 0, max: 0o7777 }), uid: id, gid: id };
const mtimeMs = fc.integer({ min: -1_000_000, max: 9_000_000_000_000 });
const entry: fc.Arbitrary<TarEntry> = fc.oneof(
  fc.record({ ...common, mtimeMs, kind: fc.constant('file' as const), size: fc.nat({ max: 2 ** 40 }) }),
  fc.record({ ...common, mtimeMs, kind: fc.constant('folder' as const), size: fc.constant(0) }),
  fc.record({ ...common, mtimeMs, kind: fc.constant('link' as const), size: fc.constant(0), target: bytes }),
);

const FILE = { path: 'a', kind: 'file', mode: 0o644, uid: 0, gid: 0, size: 0 } as const;

function read(header: Buffer): TarEntry {
  const first = readTarBlock(header.subarray(0, BLOCK))!;
  if (first.type !== 'x') return first;
  const { type: _, ...last } = readTarBlock(header.subarray(-BLOCK))!;
  return { ...last, ...readRecords(header.subarray(BLOCK, BLOCK + first.size)) };
}

test('what a header says is read from it again, whatever it says', () => {
  fc.assert(
    fc.property(entry, (each) => {
      const header = tarHeader(each);
      expect(header.length % BLOCK).toBe(0);
      expect(read(header)).toMatchObject(each);
    }),
    // The last second that eleven octal digits can say, and the one after it.
    { examples: [8_589_934_591_000, 8_589_934_592_000].map((mtimeMs): [TarEntry] => [{ ...FILE, mtimeMs }]) },
  );
});

test.skipIf(spawnSync('tar', ['--version']).status !== 0)('an ordinary tar reads it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'surfaces-tar-'));
  const file = (path: string, content: string): Buffer => {
    const size = Buffer.byteLength(content);
    const header = tarHeader({ path, kind: 'file', mode: 0o640, uid: 0, gid: 0, size, mtimeMs: 1_700_000_000_250 });
    return Buffer.concat([header, Buffer.from(content), padding(size)]);
  };
  const long = `volume/${'long/'.repeat(40)}name`;
  const top = tarHeader({ path: 'volume', kind: 'folder', mode: 0o755, uid: 0, gid: 0, size: 0, mtimeMs: 0 });
  const link = { path: 'volume/link', kind: 'link', mode: 0o777, uid: 0, gid: 0, size: 0, mtimeMs: 0 } as const;
  const target = 't'.repeat(180);
  writeFileSync(
    join(folder, 'a.tar'),
    Buffer.concat([
      ...[top, file('volume/a', 'once'), file('volume/a', 'twice'), file(long, 'far')],
      ...[tarHeader({ ...link, target }), TAR_END],
    ]),
  );
  execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder });
  expect(readFileSync(join(folder, 'volume/a'), 'utf8')).toBe('twice');
  expect(readFileSync(join(folder, long), 'utf8')).toBe('far');
  expect(execFileSync('readlink', ['volume/link'], { cwd: folder, encoding: 'utf8' }).trim()).toBe(target);
  rmSync(folder, { recursive: true });
});
