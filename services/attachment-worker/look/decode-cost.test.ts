import { describe, expect, test } from 'vitest';
import { decodeCost } from './decode-cost.ts';

const PNG = { format: 'png', channels: 3, depth: 'uchar', isProgressive: false };
const MB = 1_000_000;

describe('costs little', () => {
  test.each([
    ['a photograph of 50 megapixels', { ...PNG, format: 'jpeg', width: 8000, height: 6200 }],
    ['a screenshot of 33', { ...PNG, width: 7680, height: 4320, channels: 4 }],
    ['a very long one', { ...PNG, width: 1000, height: 50_000, channels: 4 }],
    ['a WebP of 12', { ...PNG, format: 'webp', width: 4000, height: 3000, channels: 4 }],
    ['an AVIF of 3', { ...PNG, format: 'heif', width: 2048, height: 1536 }],
    ['a wide one of few rows', { ...PNG, width: 100_000, height: 4 }],
  ])('%s', (_, header) => expect(decodeCost(header)).toBeLessThan(80 * MB));
});

describe('costs too much', () => {
  test.each([
    ['a million columns', { ...PNG, width: 1_000_000, height: 50 }],
    [
      'a photograph of 50 megapixels in passes',
      { ...PNG, format: 'jpeg', width: 8000, height: 6200, isProgressive: true },
    ],
    ['a PNG of 50 in passes', { ...PNG, width: 8000, height: 6200, isProgressive: true }],
    ['an AVIF of 12', { ...PNG, format: 'heif', width: 4000, height: 3000 }],
    ['a format that was never measured', { ...PNG, format: 'jp2', width: 10, height: 10 }],
  ])('%s', (_, header) => expect(decodeCost(header)).toBeGreaterThan(80 * MB));
});
