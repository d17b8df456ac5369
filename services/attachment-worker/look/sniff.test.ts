import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { HEAD_BYTES, sniff } from './sniff.ts';
import { animated, mp3, mp4, opus, picture, testFolder, wav, webm } from './test-media.ts';

const folder = testFolder();
afterAll(() => folder.remove());

async function sniffed(content: Uint8Array | string, name: string, claimed?: string) {
  const { mime, family } = await sniff(folder.write(name.replaceAll('/', '_'), content), { name, claimed });
  return `${mime} ${family}`;
}

/** A zip of one entry, which unpacks to so many zeros. */
function zipOf(entry: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(entry.length, 26);
  return Buffer.concat([header, Buffer.from(entry), packed]);
}

const ELF = Buffer.concat([Buffer.from('7f454c46020101', 'hex'), Buffer.alloc(100)]);

describe('content is known whatever the file is called', () => {
  test.each([
    ['png', async () => picture('png', 8, 8), 'image/png image'],
    ['jpeg', async () => picture('jpeg', 8, 8), 'image/jpeg image'],
    ['webp', async () => picture('webp', 8, 8), 'image/webp image'],
    ['gif', async () => animated('gif', 8, 8, 3), 'image/gif image'],
    ['tiff', async () => picture('tiff', 200, 200), 'image/tiff image'],
    ['avif', async () => picture('avif', 16, 16), 'image/avif image'],
    ['wav', async () => wav(1), 'audio/wav audio'],
    ['mp3 behind a large tag', async () => mp3(5, 900_000), 'audio/mpeg audio'],
    ['mp3 without a tag', async () => mp3(5), 'audio/mpeg audio'],
    ['opus', async () => opus(2), 'audio/ogg audio'],
    ['mp4', async () => mp4(1, { width: 64, height: 48 }), 'video/mp4 video'],
    ['webm', async () => webm(1, { width: 64, height: 48 }), 'video/webm video'],
    ['pdf', async () => Buffer.from('%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\n'), 'application/pdf other'],
    ['elf', async () => ELF, 'application/x-elf other'],
    ['gzip', async () => gzipSync(Buffer.alloc(10_000_000)), 'application/gzip other'],
    ['zip', async () => zipOf('a.bin', Buffer.alloc(20_000_000)), 'application/zip other'],
  ])('%s', async (_, content, type) => {
    for (const name of ['evil.png', 'evil.txt', 'evil']) expect(await sniffed(await content(), name)).toBe(type);
  });

  test('a claim changes nothing', async () => {
    expect(await sniffed(ELF, 'evil.png', 'image/png')).toBe('application/x-elf other');
    expect(await sniffed('<!DOCTYPE html><script>1</script>', 'a.jpg', 'image/jpeg')).toBe('text/html text');
  });

  test('a zip that says it is an office document is one; a name makes none of another file', async () => {
    const zip = zipOf('something.xml', Buffer.alloc(10));
    expect(await sniffed(zip, 'report.docx')).toMatch(/wordprocessingml.document other$/);
    expect(await sniffed(ELF, 'report.docx')).toBe('application/x-elf other');
    const types = zipOf(
      '[Content_Types].xml',
      Buffer.from('ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"'),
    );
    expect(await sniffed(types, 'book.bin')).toMatch(/spreadsheetml.sheet other$/);
  });

  test('a zip whose table of types is a bomb is a zip', async () => {
    expect(await sniffed(zipOf('[Content_Types].xml', Buffer.alloc(30_000_000)), 'a.png')).toBe(
      'application/zip other',
    );
    expect(await sniffed(zipOf('mimetype', Buffer.alloc(1_000_000)), 'a.png')).toBe('application/zip other');
  });
});

describe('text', () => {
  test.each([
    ['notes.md', '# A heading', 'text/markdown text'],
    ['DATA.CSV', 'a,b\n1,2', 'text/csv text'],
    ['a.json', '{"a": 1}', 'application/json text'],
    ['a.py', 'print(1)', 'text/x-python text'],
    ['a.yaml', 'a: 1', 'application/yaml text'],
    ['a.xml', '<?xml version="1.0"?><a/>', 'text/xml text'],
    ['Makefile', 'all:\n\techo', 'text/plain text'],
    ['photo.png', 'not a photo', 'text/plain text'],
    ['photo.png', '<!-- x --><HTML><body>', 'text/html text'],
    ['photo.jpg', '\ufeff \n<!doctype HTML>\n<p>', 'text/html text'],
    ['README.md', '<div align="center"><img src="a.png"></div>', 'text/markdown text'],
    ['colours.log', '\u001b[31mred\u001b[0m', 'text/plain text'],
    ['a.gif', 'GIF89a=0;alert(document.cookie)//', 'text/plain text'],
    ['a.js', 'GIF89a=0;alert(document.cookie)//', 'text/javascript text'],
    ['cars.txt', 'BMW and MZ are two makes', 'text/plain text'],
    ['a.txt', 'MZ was a maker of motorcycles', 'text/plain text'],
    ['a.txt', 'ID3 is a kind of tag', 'text/plain text'],
  ])('%s with “%s”', async (name, content, type) => expect(await sniffed(content, name)).toBe(type));

  test('a claim counts for a text whose name says nothing', async () => {
    expect(await sniffed('# A heading', 'notes', 'text/markdown')).toBe('text/markdown text');
    expect(await sniffed('# A heading', 'notes', 'image/png')).toBe('text/plain text');
  });

  test.each([0, 1])('a letter that the border of the head cuts in two is no fault (%d)', async (offset) => {
    expect(await sniffed('x'.repeat(offset) + 'ж'.repeat(HEAD_BYTES), 'ж.txt')).toBe('text/plain text');
    expect(await sniffed(`${'x'.repeat(HEAD_BYTES - 1 - offset)}😀 and on`, 'a.md')).toBe('text/markdown text');
  });

  test('a letter that the end of the file cuts in two is one', async () => {
    expect(await sniffed(Buffer.from('жж').subarray(0, 3), 'a')).toBe('application/octet-stream other');
  });

  test('UTF-16 with its mark, and an old encoding under a name of text', async () => {
    const little = Buffer.from('\ufeffПривет, мир', 'utf16le');
    expect(await sniffed(little, 'a.txt')).toBe('text/plain text');
    expect(await sniffed(Buffer.from(little).swap16(), 'a.md')).toBe('text/markdown text');
    const windows1251 = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x20, 0x31]);
    expect(await sniffed(windows1251, 'a.txt')).toBe('text/plain text');
    expect(await sniffed(windows1251, 'a.png')).toBe('application/octet-stream other');
  });
});

describe('SVG is never a picture', () => {
  const SCRIPT = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const ENTITIES = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "${'x'.repeat(50)}"><!ENTITY b "&a;&a;"> ]>${SCRIPT}`;
  test.each([
    ['with a script', SCRIPT],
    ['with entities', ENTITIES],
    ['with another document type', ENTITIES.replace('DOCTYPE svg', 'DOCTYPE x')],
    ['behind comments', `<!-- <html> -->\n<!-- -->${SCRIPT}`],
    ['with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
    ['in UTF-16', Buffer.from(`\ufeff${SCRIPT}`, 'utf16le')],
    ['in Latin-1', Buffer.from(`<?xml version="1.0" encoding="latin1"?><!-- \xe4 -->${SCRIPT}`, 'latin1')],
  ])('%s', async (_, content) => {
    for (const name of ['a.png', 'a.svg', 'a.txt', 'a'])
      expect(await sniffed(content, name)).toBe('image/svg+xml other');
  });
});

describe('what cannot be known', () => {
  test.each([
    ['nothing', new Uint8Array(0), 'a', 'application/octet-stream other'],
    ['nothing, with a name', new Uint8Array(0), 'a.txt', 'text/plain other'],
    ['one zero', Uint8Array.of(0), 'a.png', 'application/octet-stream other'],
    ['no signature, with a name', Uint8Array.of(0, 1, 2, 3), 'a.doc', 'application/msword other'],
  ])('%s', async (_, content, name, type) => expect(await sniffed(content, name)).toBe(type));

  test('a path that is not there is an error', async () => {
    await expect(sniff('/nowhere/at-all', { name: 'a' })).rejects.toThrow('ENOENT');
  });
});
