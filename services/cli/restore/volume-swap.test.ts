import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VolumeSwap } from './volume-swap.ts';

const A = `chat-${'a'.repeat(26)}`;
const B = `chat-${'b'.repeat(26)}`;
const C = `chat-${'c'.repeat(26)}`;

let dir: string;
let swap: VolumeSwap;
const put = (folder: string, name: string, content: string) => {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'which'), content);
};
const move = (name: string, from: string, to: string) => renameSync(join(dir, from, name), join(dir, to, name));
const state = () =>
  readdirSync(dir)
    .map((name) => `${name} ${readFileSync(join(dir, name, 'which'), 'utf8')}`)
    .sort();
const OLD = [`${A} old`, `${B} old`, 'foreign mine'].sort();
const NEW = [`${B} new`, `${C} new`, 'foreign mine'].sort();

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'surfaces-swap-'));
  for (const name of [A, B]) put(dir, name, 'old');
  put(dir, 'foreign', 'mine');
  swap = new VolumeSwap(dir);
  await swap.begin('mark 1');
  for (const name of [B, C]) put(swap.fresh, name, 'new');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('what is new is in the place of what was old', async () => {
  await swap.swapIn();
  await swap.finish();
  expect(state()).toEqual(NEW);
});

/** What a kill may leave, and how it goes on. */
const KILLED: readonly (readonly [string, () => Promise<void>])[] = [
  ['before the note was written', async () => writeFileSync(join(dir, '.restoring/mark'), '')],
  ['before anything was moved', async () => {}],
  ['with some of the old aside', async () => move(B, '', '.restoring/old')],
  [
    'with all of the old aside',
    async () => {
      for (const name of [A, B]) move(name, '', '.restoring/old');
    },
  ],
  [
    'with some of the new in place',
    async () => {
      await swap.swapIn();
      move(C, '', '.restoring/new');
    },
  ],
  ['with all of the new in place', () => swap.swapIn()],
  [
    'in the undoing, with some of the new removed',
    async () => {
      await swap.swapIn();
      rmSync(join(dir, C), { recursive: true });
    },
  ],
  [
    'in the undoing, with some of the old back',
    async () => {
      await swap.swapIn();
      for (const name of [B, C]) rmSync(join(dir, name), { recursive: true });
      rmSync(join(dir, '.restoring/old-is-aside'));
      move(A, '.restoring/old', '');
    },
  ],
];
test.each(KILLED)('killed %s: without the mark in the database, what was there is there again', async (_, kill) => {
  await kill();
  expect(await new VolumeSwap(dir).recover('mark 0')).toBe(false);
  expect(state()).toEqual(OLD);
  // And again, where nothing is to be done.
  expect(await new VolumeSwap(dir).recover(undefined)).toBe(false);
  expect(state()).toEqual(OLD);
});

test('killed after the commit: with the mark in the database, the new stays', async () => {
  await swap.swapIn();
  rmSync(join(dir, '.restoring/old', A), { recursive: true });
  expect(await new VolumeSwap(dir).recover('mark 1')).toBe(true);
  expect(state()).toEqual(NEW);
});
