/** What the header of a picture says, as the library of pictures names it. */
export type PictureHeader = {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly depth: string;
  /** Of JPEG and PNG: stored in passes over the whole picture, not from top to bottom. */
  readonly isProgressive: boolean;
};

/** Bytes for each pixel of what is decoded as a whole: WebP and GIF to RGBA, AVIF in planes of 16 bits and their copies. */
const WHOLE: Readonly<Record<string, number>> = { webp: 4, gif: 4, heif: 16, tiff: 20 };
/** Rows of the picture that the steps of making it smaller keep in all, and what a picture of fewer rows takes for each. */
const ROWS_KEPT = 1500;
const COPIES_OF_ROW = 8;

/**
 * The bytes that decoding a picture to a thumbnail takes at its peak, a little more rather than less: fitted to what the
 * library took for pictures of 12 and 50 megapixels, and for some that were up to a million pixels wide or high. The width
 * counts for more than the pixels: of 1,000,000 × 50 in 16 bits, a file of a few kB, it made 2.5 GB.
 */
export function decodeCost({ format, width, height, channels, depth, isProgressive }: PictureHeader): number {
  const pixels = width * height;
  // A JPEG becomes smaller while it is read. One that comes in passes has all its coefficients in memory, 16 bits each.
  if (format === 'jpeg') return isProgressive ? 2.2 * channels * pixels : 0;
  const sample = depth === 'uchar' ? 1 : depth === 'ushort' ? 2 : 8;
  const strips = channels * sample * Math.min(ROWS_KEPT * width, COPIES_OF_ROW * pixels);
  if (format === 'png') return strips + (isProgressive ? 1.25 * channels * sample * pixels : 0);
  return strips + (WHOLE[format] ?? Number.POSITIVE_INFINITY) * pixels;
}
