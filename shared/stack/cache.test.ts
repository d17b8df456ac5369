import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cached } from './cache.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'surfaces-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const build = async (folder: string) => writeFileSync(join(folder, 'server'), 'whole');
const never = async () => {
  throw new Error('built again');
};

test('an entry is built once, also by several at once', async () => {
  let built = 0;
  const count = async (folder: string) => {
    built++;
    await build(folder);
  };
  const paths = await Promise.all([1, 2, 3].map(() => cached(cache, 'redis', count)));
  expect(new Set(paths)).toEqual(new Set([join(cache, 'redis')]));
  expect(built).toBe(1);
  await cached(cache, 'redis', never);
});

test('an interrupted build leaves nothing that looks whole, and the next one begins anew', async () => {
  const half = async (folder: string) => {
    writeFileSync(join(folder, 'half'), '');
    throw new Error('interrupted');
  };
  await expect(cached(cache, 'synapse', half)).rejects.toThrow('interrupted');
  expect(existsSync(join(cache, 'synapse'))).toBe(false);
  const path = await cached(cache, 'synapse', build);
  expect(readFileSync(join(path, 'server'), 'utf8')).toBe('whole');
  expect(existsSync(join(path, 'half'))).toBe(false);
});

test('a killed process’s lock and its half-built folder are in nobody’s way', async () => {
  mkdirSync(join(cache, 'synapse.unfinished'));
  writeFileSync(join(cache, 'synapse.unfinished', 'half'), '');
  writeFileSync(join(cache, 'synapse.lock'), JSON.stringify({ pid: process.pid, born: 'another life' }));
  const path = await cached(cache, 'synapse', build);
  expect(existsSync(join(path, 'half'))).toBe(false);
  expect(readdirSync(cache)).toEqual(['synapse']);
});

test('an entry that no longer holds is built anew', async () => {
  const path = await cached(cache, 'synapse', build);
  const holds = (folder: string) => readFileSync(join(folder, 'server'), 'utf8') === 'whole';
  await cached(cache, 'synapse', never, { holds });
  writeFileSync(join(path, 'server'), 'broken');
  await cached(cache, 'synapse', build, { holds });
  expect(readFileSync(join(path, 'server'), 'utf8')).toBe('whole');
});
