/** Bytes from the beginning of a file that are enough to tell what it is. */
export const HEAD_BYTES = 4096;

/** [what it is, where in the file, the bytes there as Latin-1]; the first that fits counts. */
const SIGNATURES: readonly (readonly [
  type: string,
  ...([at: number, bytes: string] | [number, string, number, string]),
])[] = [
  ['a PNG picture', 0, '\x89PNG\r\n\x1a\n'],
  ['a JPEG picture', 0, '\xff\xd8\xff'],
  ['a GIF picture', 0, 'GIF8'],
  ['a WebP picture', 0, 'RIFF', 8, 'WEBP'],
  ['a WAV recording', 0, 'RIFF', 8, 'WAVE'],
  ['an AVI video', 0, 'RIFF', 8, 'AVI '],
  ['a TIFF picture', 0, 'II*\0'],
  ['a TIFF picture', 0, 'MM\0*'],
  ['a HEIC picture', 4, 'ftyphei'],
  ['an AVIF picture', 4, 'ftypavi'],
  ['an M4A recording', 4, 'ftypM4A'],
  ['an MP4 or QuickTime video', 4, 'ftyp'],
  ['a PDF document', 0, '%PDF-'],
  ['an OpenDocument file', 0, 'PK\x03\x04', 30, 'mimetypeapplication/vnd.oasis.opendocument'],
  ['an EPUB book', 0, 'PK\x03\x04', 30, 'mimetypeapplication/epub'],
  ['an Office document', 0, 'PK\x03\x04', 30, '[Content_Types].xml'],
  ['a ZIP archive or an Office document', 0, 'PK\x03\x04'],
  ['an empty ZIP archive', 0, 'PK\x05\x06'],
  ['an old Office document', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['a gzip archive', 0, '\x1f\x8b'],
  ['a bzip2 archive', 0, 'BZh'],
  ['an XZ archive', 0, '\xfd7zXZ\0'],
  ['a Zstandard archive', 0, '\x28\xb5\x2f\xfd'],
  ['a 7-Zip archive', 0, "7z\xbc\xaf'\x1c"],
  ['a RAR archive', 0, 'Rar!\x1a\x07'],
  ['a tar archive', 257, 'ustar'],
  ['an Ogg recording', 0, 'OggS'],
  ['a FLAC recording', 0, 'fLaC'],
  ['an MP3 recording', 0, 'ID3'],
  ['an MP3 recording', 0, '\xff\xfb'],
  ['a WebM or Matroska video', 0, '\x1aE\xdf\xa3'],
  ['an SQLite database', 0, 'SQLite format 3\0'],
  ['a Parquet table', 0, 'PAR1'],
  ['a Linux program', 0, '\x7fELF'],
  ['a Windows program', 0, 'MZ'],
  ['a macOS program', 0, '\xcf\xfa\xed\xfe'],
  ['a WebAssembly module', 0, '\0asm'],
  ['a font', 0, 'wOF'],
  ['a BMP picture', 0, 'BM'],
  ['UTF-16 text', 0, '\xff\xfe'],
  ['UTF-16 text', 0, '\xfe\xff'],
];

/** Bytes that no text has in any encoding of one byte a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NO_TEXT = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

/**
 * What a file that is not UTF-8 text seems to be, by its first bytes. A guess for a model to go on with, never for a decision.
 * @param head `HEAD_BYTES` of it, or all. @returns with its article: “a PNG picture”.
 */
export function guessType(head: Buffer): string {
  const bytes = head.toString('latin1');
  const known = SIGNATURES.find(
    ([, at, first, then = 0, second = '']) => bytes.startsWith(first, at) && bytes.startsWith(second, then),
  );
  if (known) return known[0];
  return NO_TEXT.test(bytes) ? 'of an unknown type' : 'perhaps text in another encoding';
}
