import { createCipheriv, createHash } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { Refusal } from '../refusal.ts';
import { inside, resolveInside } from '../workspace.ts';
import { size } from './instruction.ts';
import { drawPicture, PICTURE } from './picture.ts';
import { say } from './say.ts';
import type { Scene } from './scene.ts';

const DEFAULT_BYTES = 10 * 1024;
const MOST_BYTES = 1024 ** 3;
const BLOCK = 64 * 1024;
const MIME_TYPES: Record<string, string> = {
  '.txt': 'text/plain',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.png': 'image/png',
};

/** What a name can be that no file can have. */
const NOT_A_FILE: Record<string, string> = {
  EISDIR: 'it is a folder',
  EEXIST: 'it is a folder',
  ENOENT: 'it is a folder',
  ENOTDIR: 'a part of the path is a file',
  ENAMETOOLONG: 'the name is too long',
};

/** `demo file <name> [size=10k]` */
export async function makeFile(scene: Scene): Promise<void> {
  const { turn, instruction } = scene;
  const path = instruction.words || 'demo.txt';
  const name = basename(path);
  const mime_type = MIME_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
  const picture = mime_type === 'image/png';
  const bytes = size(instruction, 'size', DEFAULT_BYTES, MOST_BYTES);
  try {
    const content = picture ? [drawPicture(name)] : blocks(name, bytes, mime_type.startsWith('text/'));
    const { sha256, length } = await write(turn.workspace, path, content, turn.signal);
    if (turn.signal.aborted) return;
    turn.offer({ path, name, mime_type, size: length, sha256, ...(picture ? PICTURE : {}) });
    await say(scene, `Here is \`${name}\`: ${length} bytes, sha256 \`${sha256}\`.`);
  } catch (error) {
    const why = error instanceof Refusal ? 'it would lie outside of my workspace' : NOT_A_FILE[codeOf(error)];
    if (!why) throw error;
    await say(scene, `I cannot write \`${path}\`: ${why}.`);
  }
}

/** Written under another name first: nobody finds half a file. */
async function write(workspace: string, path: string, content: Iterable<Buffer>, signal: AbortSignal) {
  const target = inside(workspace, path);
  await mkdir(dirname(target), { recursive: true });
  await resolveInside(workspace, dirname(path));
  const hash = createHash('sha256');
  let length = 0;
  const file = await open(`${target}.part`, 'w');
  try {
    for (const block of content) {
      if (signal.aborted) break;
      hash.update(block);
      length += block.length;
      await file.writeFile(block);
    }
  } finally {
    await file.close();
  }
  await rename(`${target}.part`, target);
  return { sha256: hash.digest('hex'), length };
}

/** The same bytes for the same name and size; of text in lines that say where in the file they are. */
function* blocks(name: string, bytes: number, text: boolean): Generator<Buffer> {
  const key = createHash('sha256').update(`${name}\n${bytes}`).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const nothing = Buffer.alloc(BLOCK);
  let left = bytes;
  let line = 0;
  while (left > 0) {
    let block = stream.update(nothing);
    if (text) {
      const lines: string[] = line === 0 ? [`${name}, ${bytes} bytes, written by the demo agent`] : [];
      for (let at = 0; at < BLOCK; at += 512) lines.push(`line ${++line}: ${block.toString('hex', at, at + 32)}`);
      block = Buffer.from(`${lines.join('\n')}\n`);
    }
    block = block.subarray(0, left);
    left -= block.length;
    yield block;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
