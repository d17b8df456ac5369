import { open } from 'node:fs/promises';
import { BoundedBlob } from './bounded-blob.ts';
import { type HeadText, textOfHead } from './head-text.ts';
import { markupOfText } from './markup-of-text.ts';
import { binaryTypeByName, isTextType, textTypeByName } from './types-by-name.ts';

export type Family = 'image' | 'audio' | 'video' | 'text' | 'other';
export type Sniffed = { readonly mime: string; readonly family: Family };

/** Enough for the first entries of an office document's zip; magic numbers alone would need 4 KiB. */
export const HEAD_BYTES = 16 * 1024;
/** A head is looked at in some dozens of reads, formats of many small parts in some hundreds. Each takes microseconds. */
const MOST_READS = 5_000;
const UNKNOWN = 'application/octet-stream';

/**
 * Signatures of formats that are texts themselves. All others are not believed of a file whose head is clean text: two
 * letters (BM, MZ, ID3) make a picture, a program or a song of what somebody wrote.
 */
const TEXTUAL_FORMATS: ReadonlySet<string> = new Set([
  ...['application/pdf', 'application/rtf', 'application/postscript', 'application/eps', 'application/pgp-encrypted'],
  ...['text/calendar', 'text/vcard', 'text/vtt', 'application/x-ms-regedit', 'model/stl'],
]);

/** Names that clients know, for those of the library: they choose a player by them. */
const KNOWN_AS: Readonly<Record<string, string>> = {
  'image/apng': 'image/png',
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'video/matroska': 'video/x-matroska',
  'video/vnd.avi': 'video/x-msvideo',
};

/**
 * What a file is: by its first `HEAD_BYTES`, which are never unpacked or run, and where they do not tell, by its name and
 * then by what its sender claimed. SVG is of the family `other`: it is a program of pictures, and never shown as one.
 * Rejects only with errors of opening and reading the path.
 */
export async function sniff(path: string, { name, claimed }: { name: string; claimed?: string }): Promise<Sniffed> {
  const { head, cut } = await readHead(path);
  const text = textOfHead(head, cut);
  if (head.length === 0)
    return { mime: textTypeByName(name, claimed) ?? binaryTypeByName(name, null) ?? UNKNOWN, family: 'other' };
  const signature = await signatureOf(head);
  if (text !== null && text.encoding !== 'eight-bit') return sniffText(text, signature, name, claimed);
  if (text !== null && (signature === undefined || signature === 'application/xml')) {
    // A text in an old encoding looks like one, but so do some binary files: its own markup or its name has to say so.
    if (markupOfText(text.text) !== null || textTypeByName(name, undefined) !== undefined)
      return sniffText(text, signature, name, claimed);
  }
  const mime =
    signature === undefined
      ? (binaryTypeByName(name, null) ?? UNKNOWN)
      : (binaryTypeByName(name, signature) ?? signature);
  return { mime, family: familyOf(mime) };
}

function sniffText(
  { text }: HeadText,
  signature: string | undefined,
  name: string,
  claimed: string | undefined,
): Sniffed {
  const markup = markupOfText(text);
  if (markup === 'svg') return { mime: 'image/svg+xml', family: 'other' };
  if (markup === 'html') return { mime: 'text/html', family: 'text' };
  if (signature !== undefined && TEXTUAL_FORMATS.has(signature))
    return { mime: signature, family: familyOf(signature) };
  const mime = textTypeByName(name, claimed) ?? (markup === 'xml' ? 'text/xml' : 'text/plain');
  return { mime, family: 'text' };
}

async function readHead(path: string): Promise<{ head: Uint8Array; cut: boolean }> {
  await using file = await open(path, 'r');
  const buffer = new Uint8Array(HEAD_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return { head: buffer.subarray(0, Math.min(length, HEAD_BYTES)), cut: length > HEAD_BYTES };
}

/** The type that a magic number says, without parameters; undefined where there is none, or where the parser gave up. */
async function signatureOf(head: Uint8Array): Promise<string | undefined> {
  // The library would unpack it to see whether a tar is inside.
  if (head[0] === 0x1f && head[1] === 0x8b) return 'application/gzip';
  const readAt = async (target: Uint8Array, position: number) => {
    const part = head.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  const limits = { oneRead: HEAD_BYTES, bytes: 64 * HEAD_BYTES, reads: MOST_READS, until: Number.POSITIVE_INFINITY };
  try {
    const { fileTypeFromBlob } = await import('file-type');
    const found = await fileTypeFromBlob(new BoundedBlob({ readAt, limits }, { start: 0, end: head.length, type: '' }));
    const mime = found?.mime.split(';')[0]?.trim().toLowerCase();
    return mime === undefined ? ofTiff(head) : (KNOWN_AS[mime] ?? mime);
  } catch {
    return undefined;
  }
}

/** The library looks at the directory of a TIFF, which stands at the end of most. */
function ofTiff(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 4)).toString('hex');
  return start === '49492a00' || start === '4d4d002a' ? 'image/tiff' : undefined;
}

function familyOf(mime: string): Family {
  const top = mime.split('/')[0];
  if (top === 'image' || top === 'audio' || top === 'video') return mime === 'image/svg+xml' ? 'other' : top;
  return isTextType(mime) ? 'text' : 'other';
}
