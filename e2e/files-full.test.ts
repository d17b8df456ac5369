import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFile } from '../services/cli/demo/person/files.ts';
import { MAY_MOUNT, NEEDS_MOUNT, testMount } from '../shared/volume/test-mount.ts';
import { TestStack } from './test-stack.ts';

const MIB = 1024 ** 2;
/** The volume, of 8 MiB: less than the file that is sent. */
const mount = MAY_MOUNT ? testMount(8 * 1024) : undefined;
const stack = new TestStack({ env: mount ? { AGENTS_DIR: mount.path } : {} });

beforeAll(async () => {
  if (mount) await stack.up();
}, 240_000);
afterAll(async () => {
  if (mount) await stack.end();
  mount?.[Symbol.dispose]();
}, 60_000);

describe.skipIf(!mount)(`a volume that is full${NEEDS_MOUNT}`, () => {
  test('is told of the file that does not fit; everything else goes on', async () => {
    const ann = await stack.atHome();
    const { eventId } = await dropFile(ann.person, ann.home.room, { name: 'big.bin', content: Buffer.alloc(9 * MIB) });
    expect((await ann.untilReplied(eventId)).surfaces.code).toBe('volume_full');
    expect((await ann.ask('demo words=2 pace=1')).text).toBe('word1 word2');
    const small = await dropFile(ann.person, ann.home.room, { name: 'small.txt', content: Buffer.from('fits') });
    expect((await ann.untilAnswered(small.eventId)).text).toContain('small.txt');
    expect(ann.breaches()).toEqual([]);
  });

  test('to the last byte: an answer, or a word why there is none, and all is well when there is space again', async () => {
    const ann = await stack.atHome();
    const filler = join(mount!.path, 'filler');
    try {
      writeFileSync(filler, Buffer.alloc(8 * MIB));
    } catch {
      // As much as there was.
    }
    const event = (await dropFile(ann.person, ann.home.room, { name: 'a.txt', content: Buffer.alloc(64 * 1024) }))
      .eventId;
    expect((await ann.untilReplied(event)).surfaces.code).toBe('volume_full');
    const answer = await ann.ask('demo words=2 pace=1');
    expect(['done', 'failed']).toContain(answer.state);
    rmSync(filler);
    expect((await ann.ask('demo words=3 pace=1')).text).toBe('word1 word2 word3');
    expect(ann.breaches()).toEqual([]);
  }, 120_000);
});
