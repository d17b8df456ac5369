/** An Ogg page is 65,307 bytes at most (RFC 3533, section 6), so this much of a file's end holds a whole last page of two streams. */
export const OGG_TAIL_BYTES = 128 * 1024;
/** The pages that begin the streams stand together at the front (RFC 3533, section 4); each is some hundred bytes. */
export const OGG_HEAD_BYTES = 8 * 1024;

const PAGE_HEADER_BYTES = 27;
/** Granule position of a page on which no packet ends. */
const NO_GRANULE = 0xffff_ffff_ffff_ffffn;
/** Positions of Opus count at this rate, whatever was recorded (RFC 7845, section 4). */
const OPUS_RATE = 48_000;

/**
 * The length of an Ogg file's Opus or Vorbis in milliseconds, from its first pages and its last one; the library of
 * recordings would read all that is between. Undefined where the pages do not tell.
 */
export function oggDurationMs(head: Buffer, tail: Buffer): number | undefined {
  const stream = firstAudioStream(head);
  if (stream === undefined) return undefined;
  for (let at = tail.lastIndexOf('OggS'); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf('OggS', at - 1)) {
    if (at + PAGE_HEADER_BYTES > tail.length || tail.readUInt32LE(at + 14) !== stream.serial) continue;
    const granule = tail.readBigUInt64LE(at + 6);
    if (granule === NO_GRANULE) continue;
    const samples = Number(granule) - stream.preSkip;
    return samples > 0 ? Math.round((samples / stream.rate) * 1000) : undefined;
  }
  return undefined;
}

/** The first stream of a codec that we know; `preSkip` samples at its start are not played. */
function firstAudioStream(head: Buffer): { serial: number; rate: number; preSkip: number } | undefined {
  for (let at = 0; head.toString('latin1', at, at + 4) === 'OggS' && at + PAGE_HEADER_BYTES <= head.length; ) {
    const serial = head.readUInt32LE(at + 14);
    const segments = head[at + 26]!;
    const data = at + PAGE_HEADER_BYTES + segments;
    if (data + 19 > head.length) return undefined;
    if (head.toString('latin1', data, data + 8) === 'OpusHead')
      return { serial, rate: OPUS_RATE, preSkip: head.readUInt16LE(data + 10) };
    if (head.toString('latin1', data, data + 7) === '\x01vorbis') {
      const rate = head.readUInt32LE(data + 12);
      return rate > 0 ? { serial, rate, preSkip: 0 } : undefined;
    }
    let length = 0;
    for (const segment of head.subarray(at + PAGE_HEADER_BYTES, data)) length += segment;
    at = data + length;
  }
  return undefined;
}
