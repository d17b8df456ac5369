import { stat } from 'node:fs/promises';
import { withDeadline } from '../../../shared/time/time.ts';
import { Slots } from '../slots.ts';
import { decodeCost } from './decode-cost.ts';

export type Thumbnail = {
  readonly content: Buffer;
  readonly mime: 'image/jpeg' | 'image/png' | 'image/webp';
  readonly width: number;
  readonly height: number;
};

/** Width and height as shown, in pixels: the turn that a camera wrote into the file is applied. */
export type Picture = { readonly width: number; readonly height: number; readonly thumbnail?: Thumbnail };

export type PictureLimits = {
  /** A picture with more pixels or more bytes than these gets a thumbnail. */
  readonly thumbnailAbove: { readonly pixels: number; readonly bytes: number };
  /** A picture with more pixels is never decoded. */
  readonly maxPixels: number;
  /** For the whole look, with the wait until other pictures are done. */
  readonly timeoutMs: number;
};

/** The formats that are looked into, and what the library calls them. SVG, PDF and what else it could load stay closed. */
const FORMATS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/avif': 'heif',
};
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((name) => `VipsForeignLoad${name}File`);

const FITS = { width: 800, height: 600 };
/** Decoding to this size tells a whole picture from a broken one, and costs next to nothing beside the decoding. */
const GLANCE = { width: 32, height: 32 };
/** Pictures come up in crowds, and each takes some ten MB for a moment. */
const DECODES = new Slots(1);
/** What one decoding may take in memory, in bytes: the worker has 256 MB, and 100 of them are Node's and the library's own. */
const DECODE_BYTES = 80_000_000;

type Sharp = typeof import('sharp').default;
type Metadata = Awaited<ReturnType<ReturnType<Sharp>['metadata']>>;

let opened: Promise<Sharp> | undefined;

/**
 * The library of pictures, closed for all formats but ours; loaded by the first picture, as it takes 25 MB. Its settings are
 * those of the whole process.
 */
export function openSharp(): Promise<Sharp> {
  opened ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: LOADERS });
    return sharp;
  });
  return opened;
}

/**
 * Width and height of a picture from its header, and a thumbnail within 800 × 600 without metadata where it is above the
 * limits. A picture that may be decoded is, once: one that is cut off or broken gives null, as does what is no picture of
 * our formats. One that may not be, because of its pixels, its memory or its time, has width and height only. Never rejects.
 */
export async function lookAtPicture(path: string, limits: PictureLimits & { mime: string }): Promise<Picture | null> {
  const format = FORMATS[limits.mime];
  // The library takes options out of a path that ends with […], and reads another file then.
  if (format === undefined || path.trimEnd().endsWith(']')) return null;
  let known: Picture | null = null;
  let late = false;
  const sharp = await openSharp().catch(() => null);
  if (sharp === null) return null;
  const look = async (): Promise<Picture | null> => {
    if (late) return null;
    const header = await sharp(path, { limitInputPixels: false, failOn: 'error' }).metadata();
    if (header.format !== format) return null;
    known = { width: header.autoOrient.width, height: header.autoOrient.height };
    return mayDecode(header, limits.maxPixels) ? decode(sharp, path, header, known, limits) : known;
  };
  try {
    // The slot is taken until the work has ended, also where nobody waits for it any more: memory is what it guards.
    return await withDeadline(DECODES.run(look), limits.timeoutMs, () => new Error('timeout'));
  } catch (error) {
    late = true;
    return error instanceof Error && error.message.startsWith('timeout') ? known : null;
  }
}

async function decode(
  sharp: Sharp,
  path: string,
  header: Metadata,
  picture: Picture,
  { thumbnailAbove, maxPixels, timeoutMs }: PictureLimits,
): Promise<Picture> {
  const input = sharp(path, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true, pages: 1 })
    .timeout({ seconds: Math.max(1, Math.round(timeoutMs / 1000)) })
    .autoOrient();
  const { size } = await stat(path);
  if (picture.width * picture.height <= thumbnailAbove.pixels && size <= thumbnailAbove.bytes) {
    await input
      .resize({ ...GLANCE, fit: 'inside' })
      .raw()
      .toBuffer();
    return picture;
  }
  const small = input.resize({ ...FITS, fit: 'inside', withoutEnlargement: true });
  const { data, info } = await (header.hasAlpha ? small.webp({ effort: 2 }) : small.jpeg()).toBuffer({
    resolveWithObject: true,
  });
  if (data.length >= size) return picture;
  const mime = header.hasAlpha ? 'image/webp' : 'image/jpeg';
  return { ...picture, thumbnail: { content: data, mime, width: info.width, height: info.height } };
}

function mayDecode(header: Metadata, maxPixels: number): boolean {
  return header.width * header.height <= maxPixels && decodeCost(header) <= DECODE_BYTES;
}
