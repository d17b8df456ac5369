import { open } from 'node:fs/promises';
import type { IFormat, IOptions, parseBlob } from 'music-metadata';
import { withDeadline } from '../../../shared/time/time.ts';
import { Slots } from '../slots.ts';
import { BoundedBlob, type ReadAt, ReadLimitError } from './bounded-blob.ts';
import { OGG_HEAD_BYTES, OGG_TAIL_BYTES, oggDurationMs } from './ogg-duration.ts';

export type Recording = {
  readonly durationMs?: number;
  readonly width?: number;
  readonly height?: number;
  /** A container of films in which there is only sound: `voice.webm`. */
  readonly soundOnly?: true;
};

/**
 * Formats that are looked into, and the name under which the library has a parser for them. It knows more; parsers of
 * formats that no client plays are only a risk.
 */
const PARSED_AS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'audio/mpeg',
  'audio/aac': 'audio/mpeg',
  'audio/mp4': 'audio/mp4',
  'audio/wav': 'audio/wav',
  'audio/flac': 'audio/flac',
  'audio/ogg': 'audio/ogg',
  'audio/webm': 'video/webm',
  'video/mp4': 'video/mp4',
  'video/quicktime': 'video/quicktime',
  'video/webm': 'video/webm',
  'video/x-matroska': 'video/matroska',
  'video/ogg': 'video/ogg',
};

/** A cover in an MP4, and the sizes of the samples of a film of hours, come in one read of some MB. */
const ONE_READ_BYTES = 8 * 1024 * 1024;
const ALL_BYTES = 24 * 1024 * 1024;
/** A Matroska file of two hours has one or two thousand clusters, with a few reads for each. */
const MOST_READS = 20_000;
/** Each may take a few times `ONE_READ_BYTES` for a moment. */
const LOOKS = new Slots(2);
/** What a forged header may claim and we repeat: longer is not believed, and wider is not either. */
const LONGEST_MS = 1000 * 3_600_000;
const WIDEST = 32_768;

type ParseBlob = typeof parseBlob;

/**
 * The length of a recording in milliseconds and a film's width and height in pixels, as far as its headers say them: it is
 * never read through for them, so that an MP3 of varying bit rate without a table has none. Width and height are those of
 * the coded picture: the turn of a film that was taken upright is not known. Null where the file is broken, not of a format
 * that is looked into, or takes longer than `timeoutMs`. Never rejects.
 */
export async function lookAtRecording(
  path: string,
  { mime, size, timeoutMs }: { mime: string; size: number; timeoutMs: number },
): Promise<Recording | null> {
  const type = PARSED_AS[mime];
  if (type === undefined) return null;
  // The clock starts behind what only the first recording waits for.
  const { parseBlob: parse } = await import('music-metadata');
  const until = performance.now() + timeoutMs;
  const work = LOOKS.run(async () => {
    await using file = await open(path, 'r');
    const readAt: ReadAt = async (target, position) => (await file.read(target, 0, target.length, position)).bytesRead;
    return await look(parse, readAt, { type, size, until });
  });
  return await withDeadline(work, timeoutMs, () => new ReadLimitError('out of time')).catch(() => null);
}

async function look(
  parse: ParseBlob,
  readAt: ReadAt,
  { type, size, until }: { type: string; size: number; until: number },
): Promise<Recording | null> {
  const start = type === 'audio/mpeg' || type === 'audio/flac' ? await behindId3(readAt) : 0;
  const limits = { oneRead: ONE_READ_BYTES, bytes: ALL_BYTES, reads: MOST_READS, until };
  const format = await formatOf(parse, new BoundedBlob({ readAt, limits }, { start, end: size, type }));
  if (format === null) return null;
  const ofOgg = type.endsWith('/ogg') ? await durationOfOgg(readAt, size) : undefined;
  return recordingOf(format, ofOgg);
}

/** What the library finds out; what it had found out by then, where it ran into a limit; null where it fails otherwise. */
async function formatOf(parse: ParseBlob, blob: BoundedBlob): Promise<IFormat | null> {
  let soFar: IFormat | null = null;
  const options: IOptions = {
    duration: false,
    skipCovers: true,
    skipPostHeaders: true,
    observer: (event) => {
      soFar = event.metadata.format as IFormat;
    },
  };
  try {
    return (await parse(blob, options)).format;
  } catch (error) {
    if (error instanceof ReadLimitError) return soFar;
    throw error;
  }
}

/** Where the tags of an MP3 end: covers of megabytes, and a parser of its own that nothing here needs (ID3v2, section 3.1). */
async function behindId3(readAt: ReadAt): Promise<number> {
  let start = 0;
  for (let tags = 0; tags < 4; tags += 1) {
    const header = Buffer.alloc(10);
    if ((await readAt(header, start)) < 10 || header.toString('latin1', 0, 3) !== 'ID3') break;
    const [a, b, c, d] = header.subarray(6);
    start += 10 + (((a! & 0x7f) << 21) | ((b! & 0x7f) << 14) | ((c! & 0x7f) << 7) | (d! & 0x7f));
  }
  return start;
}

async function durationOfOgg(readAt: ReadAt, size: number): Promise<number | undefined> {
  const head = Buffer.alloc(Math.min(size, OGG_HEAD_BYTES));
  const tail = Buffer.alloc(Math.min(size, OGG_TAIL_BYTES));
  await readAt(head, 0);
  await readAt(tail, size - tail.length);
  return oggDurationMs(head, tail);
}

function recordingOf(format: IFormat, knownMs: number | undefined): Recording | null {
  const film = format.trackInfo.find((track) => track.video !== undefined)?.video;
  // A file in which there is nothing to hear and nothing to see is broken, whatever its first bytes say.
  if (format.hasAudio !== true && format.hasVideo !== true && film === undefined) return null;
  const seconds = format.duration ?? Math.max(0, ...format.trackInfo.map((track) => track.duration ?? 0));
  const durationMs = knownMs ?? Math.round(seconds * 1000);
  const width = film?.displayWidth ?? film?.pixelWidth;
  const height = film?.displayHeight ?? film?.pixelHeight;
  return {
    ...(durationMs > 0 && durationMs <= LONGEST_MS ? { durationMs } : {}),
    ...(isSide(width) && isSide(height) ? { width, height } : {}),
    ...(format.hasVideo !== true && film === undefined ? { soundOnly: true } : {}),
  };
}

function isSide(length: number | undefined): length is number {
  return Number.isInteger(length) && length! > 0 && length! <= WIDEST;
}
