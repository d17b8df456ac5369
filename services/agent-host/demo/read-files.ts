import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Refusal } from '../refusal.ts';
import { inside, resolveInside } from '../workspace.ts';
import { say } from './say.ts';
import type { Scene } from './scene.ts';

const INBOX = 'inbox';
const FIRST_BYTES = 4096;
const LINE_LENGTH = 200;

/** `demo read`: the files of this message, or else everything in the inbox. */
export async function readFiles(scene: Scene): Promise<void> {
  const { turn, message } = scene;
  const files = message.files.length > 0 ? [...new Set(message.files)] : await inboxOf(turn.workspace);
  if (files.length === 0) return say(scene, 'There is no file, neither with this message nor in `inbox/`.');
  const lines: string[] = [];
  for (const file of files) {
    if (turn.signal.aborted) return;
    lines.push(await described(turn.workspace, file));
  }
  const title = files.length === 1 ? 'One file:' : `${files.length} files:`;
  await say(scene, `${title}\n\n${lines.join('\n')}`);
}

async function inboxOf(workspace: string): Promise<string[]> {
  const entries = await readdir(inside(workspace, INBOX), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  return names.sort().map((name) => `${INBOX}/${name}`);
}

async function described(workspace: string, path: string): Promise<string> {
  const name = basename(path);
  try {
    const real = await resolveInside(workspace, path);
    const { size } = await stat(real);
    const hash = createHash('sha256');
    let head = Buffer.alloc(0);
    for await (const chunk of createReadStream(real) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (head.length < FIRST_BYTES) head = Buffer.concat([head, chunk.subarray(0, FIRST_BYTES - head.length)]);
    }
    const line = firstLine(head);
    const facts = `- \`${name}\`: ${size} bytes, sha256 \`${hash.digest('hex')}\``;
    return line === null ? facts : `${facts}, first line: ${line}`;
  } catch (error) {
    const outside = error instanceof Refusal;
    return `- \`${name}\`: ${outside ? 'it lies outside of my workspace' : 'it cannot be read'}`;
  }
}

/** Of a text; null for anything that is not UTF-8 text. */
function firstLine(head: Buffer): string | null {
  if (head.length === 0 || head.includes(0)) return null;
  // The cut may go through a character: up to three bytes at the end may be the beginning of one.
  for (let cut = 0; cut <= (head.length === FIRST_BYTES ? 3 : 0); cut++) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(0, head.length - cut));
      return (text.split(/\r?\n/, 1)[0] ?? '').trim().slice(0, LINE_LENGTH);
    } catch {}
  }
  return null;
}
