import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { LOOK_LIMITS } from './look-at-file.ts';
import { lookAtPicture, openSharp, type PictureLimits } from './picture.ts';
import { animated, PNG_SIGNATURE, peakMb, picture, pngChunk, pngOfZeros, testFolder } from './test-media.ts';

const folder = testFolder();
afterAll(() => folder.remove());
let files = 0;

async function look(content: Uint8Array | string, mime: string, limits: Partial<PictureLimits> = {}) {
  files += 1;
  return lookAtPicture(folder.write(`${files}`, content), { ...LOOK_LIMITS, ...limits, mime });
}

const FORMATS = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const;

describe('width and height', () => {
  test.each(FORMATS)('of a %s', async (format) => {
    expect(await look(await picture(format, 64, 48), `image/${format}`)).toEqual({ width: 64, height: 48 });
  });

  test.each([1, 3, 6, 8])('of a photograph that was turned (%d)', async (orientation) => {
    const seen = await look(await picture('jpeg', 1600, 1000, { orientation }), 'image/jpeg');
    const upright = orientation >= 5;
    expect(seen).toMatchObject(upright ? { width: 1000, height: 1600 } : { width: 1600, height: 1000 });
    expect(seen?.thumbnail).toMatchObject(upright ? { width: 375, height: 600 } : { width: 800, height: 500 });
  });

  test.each(['gif', 'webp'] as const)('of an animated %s are those of a frame', async (format) => {
    const seen = await look(await animated(format, 1000, 700, 4), `image/${format}`);
    expect(seen).toMatchObject({ width: 1000, height: 700 });
  });
});

describe('a thumbnail', () => {
  test('has no metadata, fits, and is small', async () => {
    const { thumbnail } = (await look(await picture('jpeg', 2000, 1000, { orientation: 6 }), 'image/jpeg'))!;
    expect(thumbnail).toMatchObject({ mime: 'image/jpeg', width: 300, height: 600 });
    expect(thumbnail!.content.length).toBeLessThan(150_000);
    expect(thumbnail!.content.includes('Exif')).toBe(false);
  });

  test('keeps what can be seen through', async () => {
    const { thumbnail } = (await look(await picture('png', 900, 900, { alpha: true }), 'image/png'))!;
    expect(thumbnail).toMatchObject({ mime: 'image/webp', width: 600, height: 600 });
    const sharp = await openSharp();
    await expect(sharp(folder.write('thumbnail.webp', thumbnail!.content)).metadata()).resolves.toMatchObject({
      format: 'webp',
      hasAlpha: true,
    });
  });

  test('is made for many bytes too, without making the picture larger', async () => {
    const many = await look(await picture('png', 300, 300), 'image/png', {
      thumbnailAbove: { pixels: 1e6, bytes: 1000 },
    });
    expect(many?.thumbnail).toMatchObject({ mime: 'image/jpeg', width: 300, height: 300 });
  });

  test('is left out where it would be larger than the picture', async () => {
    expect(await look(pngOfZeros(2000, 2000), 'image/png')).toEqual({ width: 2000, height: 2000 });
  });
});

describe('nothing is decoded that is too large', () => {
  test('a bomb of 20,000 × 20,000 in 50 kB', async () => {
    const bomb = pngOfZeros(20_000, 20_000);
    expect(bomb.length).toBeLessThan(60_000);
    await look(pngOfZeros(1, 1), 'image/png');
    const mb = await peakMb(async () =>
      expect(await look(bomb, 'image/png')).toEqual({ width: 20_000, height: 20_000 }),
    );
    expect(mb).toBeLessThan(20);
  });

  test('a bomb just under the limit passes in strips', async () => {
    const bomb = pngOfZeros(7000, 7000);
    const mb = await peakMb(async () => expect(await look(bomb, 'image/png')).toMatchObject({ width: 7000 }));
    expect(mb).toBeLessThan(60);
  });

  test('a bomb of a million columns', async () => {
    const bomb = pngOfZeros(1_000_000, 50, { bits: 16, colour: 6 });
    const mb = await peakMb(async () =>
      expect(await look(bomb, 'image/png')).toEqual({ width: 1_000_000, height: 50 }),
    );
    expect(mb).toBeLessThan(20);
  });

  test('a JPEG in passes, which stands in memory whole, has less to go', async () => {
    const forged = await picture('jpeg', 64, 48, { progressive: true });
    const frame = forged.indexOf(Buffer.from('ffc2', 'hex'));
    for (const [width, height] of [
      [8000, 6000],
      [20_000, 65_000],
    ] as const) {
      forged.writeUInt16BE(height, frame + 5);
      forged.writeUInt16BE(width, frame + 7);
      expect(await look(forged, 'image/jpeg')).toEqual({ width, height });
    }
  });

  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1])('a forged header of %d × as many', async (side) => {
    expect(await look(pngOfZeros(side, side, { rows: 0 }), 'image/png')).toBeNull();
    expect(await look(pngOfZeros(side, 1, { rows: 0 }), 'image/png')).toBeNull();
  });

  test('a profile and texts that unpack to hundreds of MB', async () => {
    const packed = deflateSync(Buffer.alloc(200_000_000));
    const plain = pngOfZeros(10, 10);
    const named = (name: string) => Buffer.concat([Buffer.from(`${name}\0\0`), packed]);
    const bomb = Buffer.concat([
      PNG_SIGNATURE,
      plain.subarray(8, 33),
      pngChunk('iCCP', named('p')),
      ...['a', 'b', 'c'].map((name) => pngChunk('zTXt', named(name))),
      plain.subarray(33),
    ]);
    const mb = await peakMb(async () => {
      const seen = await look(bomb, 'image/png');
      expect(seen === null || seen.width === 10).toBe(true);
    });
    expect(mb).toBeLessThan(60);
  });
});

describe('null for', () => {
  test.each(['png', 'jpeg', 'webp', 'gif'] as const)('a %s that is cut off', async (format) => {
    const whole = await picture(format, 300, 300);
    for (const part of [0.02, 0.5, 0.9]) {
      expect(await look(whole.subarray(0, whole.length * part), `image/${format}`), `${part}`).toBeNull();
    }
  });

  test('a large one that is cut off', async () => {
    const whole = await picture('jpeg', 2000, 2000);
    expect(await look(whole.subarray(0, whole.length / 2), 'image/jpeg')).toBeNull();
  });

  test('SVG and PDF, whatever they are taken for', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>';
    for (const mime of ['image/png', 'image/svg+xml', 'image/jpeg']) expect(await look(svg, mime)).toBeNull();
    expect(await look('%PDF-1.7', 'application/pdf')).toBeNull();
  });

  test('another format than it was taken for', async () => {
    expect(await look(await picture('png', 8, 8), 'image/jpeg')).toBeNull();
  });

  test('a path out of which options would be read', async () => {
    folder.write('a.gif', await animated('gif', 8, 8, 2));
    const path = folder.write('a.gif[n=-1]', await animated('gif', 8, 8, 2));
    expect(await lookAtPicture(path, { ...LOOK_LIMITS, mime: 'image/gif' })).toBeNull();
  });

  test('a path that is not there', async () => {
    expect(await lookAtPicture('/nowhere/at-all', { ...LOOK_LIMITS, mime: 'image/png' })).toBeNull();
  });
});

test('a time limit leaves what is known by then, and later pictures are looked at', async () => {
  const slow = await picture('png', 3000, 3000);
  const seen = await look(slow, 'image/png', { timeoutMs: 40 });
  expect(seen === null || (seen.width === 3000 && seen.thumbnail === undefined)).toBe(true);
  expect(await look(await picture('png', 8, 8), 'image/png')).toEqual({ width: 8, height: 8 });
});

test('many at once come one after the other', async () => {
  const content = await picture('jpeg', 2000, 1500);
  const mb = await peakMb(() => Promise.all(Array.from({ length: 12 }, () => look(content, 'image/jpeg'))));
  expect(mb).toBeLessThan(80);
});
