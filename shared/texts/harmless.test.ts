import { expect, test } from 'vitest';
import { harmless } from './harmless.ts';

test('a message cannot steer the terminal, nor turn what stands around it', () => {
  expect(harmless('a\x1b[2Jb\u202Ec\x07\nd\te')).toBe('a[2Jbc\nd  e');
});
