import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

/** pixels */
export const PICTURE = { width: 320, height: 200 } as const;

/** A PNG of rings on a gradient, its colours determined by the name. */
export function drawPicture(name: string): Buffer {
  const { width, height } = PICTURE;
  const [red = 0, green = 0, blue = 0, x = 0, y = 0] = createHash('sha256').update(name).digest();
  const pixels = Buffer.alloc((width * 3 + 1) * height);
  let at = 0;
  for (let row = 0; row < height; row++) {
    pixels[at++] = 0;
    for (let column = 0; column < width; column++) {
      const ring = Math.sin(Math.hypot(column - 32 - x, row - 20 - y / 2) / 7);
      const light = 0.75 + 0.25 * ring;
      pixels[at++] = Math.round(light * (red / 2 + (127 * column) / width));
      pixels[at++] = Math.round(light * (green / 2 + (127 * row) / height));
      pixels[at++] = Math.round(light * (blue / 2 + 127 * (1 - column / width)));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a channel, RGB.
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}
