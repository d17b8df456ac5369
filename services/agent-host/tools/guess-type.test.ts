import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guessType } from './guess-type.ts';

test.each([
  ['89504e470d0a1a0a0000000d', 'a PNG picture'],
  ['ffd8ffe000104a464946', 'a JPEG picture'],
  ['524946460000000057454250', 'a WebP picture'],
  ['524946460000000057415645', 'a WAV recording'],
  ['0000001866747970' + '69736f6d', 'an MP4 or QuickTime video'],
  ['0000001866747970' + '6d696631', 'an MP4 or QuickTime video'],
  ['255044462d312e370a25e2e3cfd3', 'a PDF document'],
  ['504b030414000000', 'a ZIP archive or an Office document'],
  ['1f8b0800', 'a gzip archive'],
  ['7f454c4602', 'a Linux program'],
  ['fffe41000a00', 'UTF-16 text'],
  ['636166e9', 'perhaps text in another encoding'],
  ['00010203', 'of an unknown type'],
])('%s is %s', (hex, type) => {
  expect(guessType(Buffer.from(hex, 'hex'))).toBe(type);
});

test('a tar archive has its mark far behind', () => {
  const head = Buffer.alloc(512);
  head.write('notes.md');
  head.write('ustar', 257);
  expect(guessType(head)).toBe('a tar archive');
});

test('anything gets a guess', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => guessType(Buffer.from(bytes)) !== ''));
});
