import { lookAtPicture, type Picture, type PictureLimits, type Thumbnail } from './picture.ts';
import { lookAtRecording } from './recording.ts';
import { sniff } from './sniff.ts';

export type SeenFile = {
  /** By content; never what was only claimed. */
  readonly mime: string;
  /** As what the chat shows it. */
  readonly kind: 'image' | 'audio' | 'video' | 'file';
  /** In pixels, as shown. */
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  readonly thumbnail?: Thumbnail;
};

export type LookLimits = PictureLimits & {
  /** For the headers of a recording. */
  readonly recordingTimeoutMs: number;
};

export const LOOK_LIMITS: LookLimits = {
  // As large as a thumbnail may be, or as much as a phone loads without a wait: the picture itself does then.
  thumbnailAbove: { pixels: 800 * 600, bytes: 200_000 },
  // The sensors of today's phones have 48 to 50 megapixels in their usual modes.
  maxPixels: 50_000_000,
  // The slowest that fits the memory took 4 s on one busy core.
  timeoutMs: 10_000,
  // A header takes milliseconds; the rest is for a disk that is busy.
  recordingTimeoutMs: 5_000,
};

/** Pictures that Element on the web and the phones shows in the room; of others it shows a broken frame. */
const SHOWN_PICTURES: ReadonlySet<string> = new Set([
  ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
]);

/**
 * What a file of an untrusted sender is, and what a message about it says. Only headers are read, and of pictures as much
 * as a thumbnail needs; whatever does not hold makes it a plain `file`. Rejects only where the path cannot be read.
 * @param file.name as the sender gave it; `claimed` the type that they named; `size` in bytes, as on disk.
 */
export async function lookAtFile(
  path: string,
  { name, claimed, size }: { name: string; claimed?: string; size: number },
  limits: LookLimits = LOOK_LIMITS,
): Promise<SeenFile> {
  const { mime, family } = await sniff(path, { name, claimed });
  if (family === 'image') {
    const picture = await lookAtPicture(path, { ...limits, mime });
    return { mime, kind: isShown(mime, picture, limits) ? 'image' : 'file', ...picture };
  }
  if (family === 'audio' || family === 'video') {
    const recording = await lookAtRecording(path, { mime, size, timeoutMs: limits.recordingTimeoutMs });
    const { soundOnly, ...facts } = recording ?? {};
    if (family === 'video' && soundOnly) return { mime: mime.replace('video/', 'audio/'), kind: 'audio', ...facts };
    return { mime, kind: family, ...facts };
  }
  return { mime, kind: 'file' };
}

/** A client that shows a picture decodes all of it: what is too large for us is not put before its reader either. */
function isShown(mime: string, picture: Picture | null, { maxPixels }: LookLimits): boolean {
  return picture !== null && SHOWN_PICTURES.has(mime) && picture.width * picture.height <= maxPixels;
}
