import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { openSharp } from './picture.ts';

/** A folder of its own for each test file. */
export function testFolder(): { write: (name: string, content: Uint8Array | string) => string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'look-'));
  return {
    write: (name, content) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** By how many MB the process was larger during the work than before it, at most; looked at each few milliseconds. */
export async function peakMb(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 2);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return (most - before) / 1e6;
}

/** Milliseconds of processor time that the work takes on all threads: on a machine with other work, a clock says nothing. */
export async function busyMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(named.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  named.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(named), named.length + 4);
  return chunk;
}

/** A PNG of zeros with any header (`colour` 0 is grey, 2 RGB, 6 RGBA): as small as zeros can be packed. */
export function pngOfZeros(width: number, height: number, { bits = 1, colour = 0, rows = height } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(bits, 8);
  header.writeUInt8(colour, 9);
  const channels = colour === 6 ? 4 : colour === 2 ? 3 : 1;
  const data = deflateSync(Buffer.alloc((Math.ceil((width * bits * channels) / 8) + 1) * rows), { level: 9 });
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

type Format = 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif';

/** A picture of noise, which no format packs well, or of one colour. */
export async function picture(
  format: Format,
  width: number,
  height: number,
  {
    orientation,
    alpha = false,
    plain = false,
    progressive = false,
  }: { orientation?: number; alpha?: boolean; plain?: boolean; progressive?: boolean } = {},
): Promise<Buffer> {
  const sharp = await openSharp();
  const noise = plain ? {} : { noise: { type: 'gaussian' as const, mean: 128, sigma: 40 } };
  let image = sharp({ create: { width, height, channels: 3, background: '#806040', ...noise } });
  if (alpha) image = image.ensureAlpha(0.5);
  if (orientation !== undefined) image = image.withMetadata({ orientation });
  return image.toFormat(format, progressive ? { progressive } : {}).toBuffer();
}

/** Frames of one colour each, one after the other. */
export async function animated(format: 'gif' | 'webp', width: number, height: number, frames: number): Promise<Buffer> {
  const sharp = await openSharp();
  const pixels = Buffer.alloc(width * height * frames * 3);
  for (let frame = 0; frame < frames; frame += 1)
    pixels.fill(40 * (frame + 1), width * height * 3 * frame, width * height * 3 * (frame + 1));
  const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
  return sharp(pixels, { raw }).toFormat(format).toBuffer();
}

/** PCM of 16 bits, one channel, 8 kHz. */
export function wav(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * 16_000);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** MPEG 1 layer III frames of 128 kbit/s at 44.1 kHz: 417 bytes and 26.12 ms each. With a tag in front of so many bytes. */
export function mp3(frames: number, tagBytes = 0): Buffer {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x00]);
  const tag = Buffer.alloc(tagBytes === 0 ? 0 : 10 + tagBytes, 0xaa);
  if (tagBytes > 0) {
    tag.write('ID3', 0, 'latin1');
    tag.set([3, 0, 0, ...[21, 14, 7, 0].map((shift) => (tagBytes >> shift) & 0x7f)], 3);
  }
  return Buffer.concat([tag, ...Array.from({ length: frames }, () => frame)]);
}

function oggPage(flags: number, granule: bigint, sequence: number, data: Buffer): Buffer {
  const lacing = [...Array(Math.floor(data.length / 255)).fill(255), data.length % 255];
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header.writeUInt8(flags, 5);
  header.writeBigUInt64LE(granule, 6);
  header.writeUInt32LE(77, 14);
  header.writeUInt32LE(sequence, 18);
  header.writeUInt8(lacing.length, 26);
  return Buffer.concat([header, Buffer.from(lacing), data]);
}

/** Opus in Ogg, one page a second. */
export function opus(seconds: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head.set([1, 1], 8);
  head.writeUInt16LE(312, 10);
  head.writeUInt32LE(48_000, 12);
  const tags = Buffer.alloc(20);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(4, 8);
  tags.write('test', 12, 'latin1');
  const pages = Array.from({ length: seconds }, (_, second) => {
    const last = second === seconds - 1;
    return oggPage(last ? 4 : 0, BigInt(48_000 * (second + 1) + 312), second + 2, Buffer.alloc(4000, 0x55));
  });
  return Buffer.concat([oggPage(2, 0n, 0, head), oggPage(0, 0n, 1, tags), ...pages]);
}

/** An atom of an MP4 from its parts. */
export function atom(name: string, ...parts: Uint8Array[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 0);
  header.write(name, 4, 'latin1');
  return Buffer.concat([header, ...parts]);
}

/** 32-bit words, big end first. */
export function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value, index * 4);
  return buffer;
}

/** An MP4 with one track, whose headers stand behind its media, as cameras write it. */
export function mp4(seconds: number, side?: { width: number; height: number }): Buffer {
  const handler = side === undefined ? 'soun' : 'vide';
  const entry = Buffer.alloc(side === undefined ? 28 : 78);
  entry.writeUInt16BE(1, 6);
  if (side === undefined) {
    entry.writeUInt16BE(2, 16);
    entry.writeUInt16BE(16, 18);
    entry.writeUInt16BE(44_100, 24);
  } else {
    entry.writeUInt16BE(side.width, 24);
    entry.writeUInt16BE(side.height, 26);
  }
  const description = atom('stsd', words(0, 1), atom(side === undefined ? 'mp4a' : 'avc1', entry));
  const media = atom(
    'mdia',
    atom('mdhd', words(0, 0, 0, 1000, seconds * 1000, 0x55c40000)),
    atom('hdlr', words(0, 0), Buffer.from(handler), words(0, 0, 0), Buffer.from('\0')),
    atom('minf', atom('stbl', description, atom('stts', words(0, 0)), atom('stsz', words(0, 0, 0)))),
  );
  const track = atom('trak', atom('tkhd', words(3, 0, 0, 1, 0, seconds * 1000), Buffer.alloc(60)), media);
  const movie = atom('mvhd', words(0, 0, 0, 1000, seconds * 1000, 0x10000), Buffer.alloc(76));
  return Buffer.concat([
    atom('ftyp', Buffer.from('isom'), words(512), Buffer.from('isommp42')),
    atom('mdat', Buffer.alloc(300_000, 0x33)),
    atom('moov', movie, track),
  ]);
}

/** An element of Matroska: its id, a length of eight bytes, its content. */
function element(id: string, ...parts: Uint8Array[]): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(parts.reduce((sum, part) => sum + part.length, 0)) | (1n << 56n));
  return Buffer.concat([Buffer.from(id, 'hex'), length, ...parts]);
}

/** A WebM with a track of pictures or of sound, and so many empty clusters. */
export function webm(seconds: number, side: { width: number; height: number } | null, clusters = 3): Buffer {
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE(seconds * 1000);
  const uint = (value: number) => words(value);
  const video = side && element('e0', element('b0', uint(side.width)), element('ba', uint(side.height)));
  const sound = element('e1', element('9f', uint(1)));
  const entry = element(
    'ae',
    element('d7', uint(1)),
    element('83', uint(side ? 1 : 2)),
    element('86', Buffer.from(side ? 'V_VP8' : 'A_OPUS')),
    video ?? sound,
  );
  const info = element('1549a966', element('2ad7b1', uint(1_000_000)), element('4489', duration));
  const media = Array.from({ length: clusters }, () => element('1f43b675', Buffer.alloc(500)));
  return Buffer.concat([
    element('1a45dfa3', element('4282', Buffer.from('webm'))),
    element('18538067', info, element('1654ae6b', entry), ...media),
  ]);
}
