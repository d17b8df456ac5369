import { expect, test } from 'vitest';
import { isRefusedType } from './refused-types.ts';

test.each([
  ['setup.EXE', 'application/octet-stream', true],
  ['setup', 'application/x-msdownload', true],
  ['film.bin', 'video/mp4', true],
  ['notes.txt', 'text/plain', false],
  ['exe', 'text/plain', false],
])('%s, %s', (name, mime, refused) => {
  expect(isRefusedType(name, mime, ['.exe', 'application/x-msdownload', 'video/*'])).toBe(refused);
});
