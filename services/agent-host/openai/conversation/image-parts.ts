import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolveInside } from '../../workspace.ts';
import type { PastTurn } from './conversation.ts';
import type { Pictures } from './user-content.ts';

/** Of one picture, in bytes. */
const MOST_BYTES = 5 * 1024 * 1024;
/** Of all pictures of a request: the newest ones count. A request of many turns at once is in memory whole. */
const MOST_BYTES_TOGETHER = 15 * 1024 * 1024;
/** What servers take. */
const SHOWN_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** The pictures of a conversation, each read once. Never throws: why one is not shown stands in its place. */
export async function imageParts(turns: readonly PastTurn[], workspace: string): Promise<Pictures> {
  const pictures = new Map<string, { url: string } | { missing: string }>();
  let left = MOST_BYTES_TOGETHER;
  for (const block of turns.flatMap(({ input }) => input).reverse()) {
    if (block.type !== 'image' || pictures.has(block.path)) continue;
    const picture = SHOWN_TYPES.has(block.mime_type)
      ? await readPicture(workspace, block.path, left)
      : { missing: 'of a type that cannot be shown' };
    if ('bytes' in picture) {
      left -= picture.bytes.length;
      pictures.set(block.path, { url: `data:${block.mime_type};base64,${picture.bytes.toString('base64')}` });
    } else pictures.set(block.path, picture);
  }
  return pictures;
}

async function readPicture(
  workspace: string,
  path: string,
  left: number,
): Promise<{ bytes: Buffer } | { missing: string }> {
  try {
    const real = await resolveInside(workspace, path);
    // The agent writes here: a FIFO would be waited for.
    await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const state = await file.stat();
    if (!state.isFile()) return { missing: 'no file' };
    if (state.size > MOST_BYTES) return { missing: 'too large to be shown' };
    if (state.size > left) return { missing: 'shown earlier' };
    const bytes = Buffer.alloc(state.size);
    const { bytesRead } = await file.read(bytes, 0, state.size, 0);
    return bytesRead === 0 ? { missing: 'empty' } : { bytes: bytes.subarray(0, bytesRead) };
  } catch {
    return { missing: 'no longer there' };
  }
}
