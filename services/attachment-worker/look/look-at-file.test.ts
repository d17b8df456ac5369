import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOOK_LIMITS, lookAtFile, type SeenFile } from './look-at-file.ts';
import { animated, busyMs, mp3, mp4, opus, picture, pngOfZeros, testFolder, wav, webm } from './test-media.ts';

const folder = testFolder();
afterAll(() => folder.remove());

async function look(content: Uint8Array | string, name: string) {
  const path = folder.write('file', content);
  return lookAtFile(path, { name, size: content.length });
}

const SIDE = { width: 64, height: 48 };

describe('what the chat shows it as', () => {
  test.each([
    ['a.png', () => picture('png', 64, 48), { mime: 'image/png', kind: 'image', ...SIDE }],
    ['a.jpg', () => picture('jpeg', 64, 48), { mime: 'image/jpeg', kind: 'image', ...SIDE }],
    ['a.webp', () => picture('webp', 64, 48), { mime: 'image/webp', kind: 'image', ...SIDE }],
    ['a.gif', () => animated('gif', 64, 48, 3), { mime: 'image/gif', kind: 'image', ...SIDE }],
    ['a.avif', () => picture('avif', 64, 48), { mime: 'image/avif', kind: 'image', ...SIDE }],
    ['a.tif', () => picture('tiff', 64, 48), { mime: 'image/tiff', kind: 'file', ...SIDE }],
    ['a.wav', async () => wav(2), { mime: 'audio/wav', kind: 'audio', durationMs: 2000 }],
    ['a.ogg', async () => opus(2), { mime: 'audio/ogg', kind: 'audio', durationMs: 2000 }],
    ['a.mp4', async () => mp4(2, SIDE), { mime: 'video/mp4', kind: 'video', durationMs: 2000, ...SIDE }],
    ['a.webm', async () => webm(2, SIDE), { mime: 'video/webm', kind: 'video', durationMs: 2000, ...SIDE }],
    ['voice.webm', async () => webm(2, null), { mime: 'audio/webm', kind: 'audio', durationMs: 2000 }],
    ['a.svg', async () => Buffer.from('<svg onload="alert(1)"/>'), { mime: 'image/svg+xml', kind: 'file' }],
    ['a.txt', async () => Buffer.from('text'), { mime: 'text/plain', kind: 'file' }],
    ['evil.jpg', async () => Buffer.from('<html>'), { mime: 'text/html', kind: 'file' }],
    ['a.png', async () => new Uint8Array(0), { mime: 'application/octet-stream', kind: 'file' }],
  ])('%s', async (name, content, seen) => expect(await look(await content(), name)).toEqual(seen));

  test('a picture with a thumbnail', async () => {
    const seen = await look(await picture('jpeg', 1600, 1200), 'a.jpg');
    expect(seen).toMatchObject({ kind: 'image', width: 1600, height: 1200, thumbnail: { width: 800, height: 600 } });
  });

  test('a picture that is broken, and one that would burst whoever opens it, are files', async () => {
    const whole = await picture('png', 300, 300);
    expect(await look(whole.subarray(0, 5000), 'a.png')).toEqual({ mime: 'image/png', kind: 'file' });
    const bomb = { mime: 'image/png', kind: 'file', width: 20_000, height: 20_000 };
    expect(await look(pngOfZeros(20_000, 20_000), 'a.png')).toEqual(bomb);
  });

  test('a picture that is a script too is sent as a picture only', async () => {
    const gif = await animated('gif', 8, 8, 1);
    const polyglot = Buffer.concat([gif, Buffer.from('*/=1;alert(1)//')]);
    expect(await look(polyglot, 'a.js')).toMatchObject({ mime: 'image/gif' });
  });

  test('a path that is not there is an error', async () => {
    await expect(lookAtFile('/nowhere/at-all', { name: 'a', size: 1 })).rejects.toThrow('ENOENT');
  });
});

describe('whatever bytes come', () => {
  const names = fc.constantFrom('a.png', 'a.mp3', 'a.docx', 'a', 'a.svg', '.');
  let seeds: Buffer[] = [];
  beforeAll(async () => {
    const pictures = (['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const).map((format) => picture(format, 40, 30));
    const sounds = [wav(1), mp3(6), mp3(6, 300), opus(3), mp4(1), mp4(1, SIDE), webm(1, SIDE), webm(1, null)];
    seeds = [...(await Promise.all(pictures)), ...sounds];
    // What loads the libraries is not measured.
    for (const seed of seeds) await look(seed, 'a');
  });

  async function bears(content: Uint8Array, name: string): Promise<void> {
    let seen: SeenFile | undefined;
    const busy = await busyMs(async () => {
      seen = await look(content, name);
    });
    expect(busy).toBeLessThan(1000);
    if (seen === undefined) throw new Error('nothing was seen');
    expect(['image', 'audio', 'video', 'file']).toContain(seen.kind);
    expect(seen.mime).toMatch(/^[a-z]+\/[\w.+-]+$/);
    for (const number of [seen.width, seen.height, seen.durationMs])
      expect(number === undefined || (Number.isSafeInteger(number) && number > 0)).toBe(true);
  }

  test('random ones', async () => {
    await bears(randomBytes(4096), 'a.png');
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), names, bears), { numRuns: 300 });
  });

  test('random ones behind a signature', async () => {
    const signature = fc.nat({ max: 1000 }).map((at) => seeds[at % seeds.length]!.subarray(0, 4 + (at % 40)));
    const property = fc.asyncProperty(signature, fc.uint8Array({ maxLength: 2000 }), names, (head, rest, name) =>
      bears(Buffer.concat([head, rest]), name),
    );
    await fc.assert(property, { numRuns: 500 });
  });

  test('true files of which some bytes were changed', async () => {
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), by: fc.integer({ min: 0, max: 255 }) });
    const property = fc.asyncProperty(
      fc.nat({ max: 1000 }),
      fc.array(change, { minLength: 1, maxLength: 12 }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      async (which, changes, part) => {
        const content = Buffer.from(seeds[which % seeds.length]!);
        // Headers are where the harm is: most of the changes fall into the first bytes.
        for (const { at, by } of changes) content[Math.floor(at ** 3 * (content.length - 1))] = by;
        await bears(part > 0.7 ? content : content.subarray(0, content.length * part), 'a');
      },
    );
    await fc.assert(property, { numRuns: 1500 });
  });
});

test('the limits fit a worker of 256 MB', () => {
  expect(LOOK_LIMITS.maxPixels).toBeLessThanOrEqual(50_000_000);
  expect(LOOK_LIMITS.timeoutMs).toBeLessThan(30_000);
});
