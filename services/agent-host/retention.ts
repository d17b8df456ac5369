import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostFolder } from './host-folder.ts';
import { writeFileWhole } from './session.ts';
import { readTurn } from './turn-log.ts';

/** What is left of an expired log, its header and its end, still tells a repetition of the turn from a new one. */
const STUB_FACTOR = 30;
/** A stub is read-only: nothing comes behind its end, and it is known for what it is without being read each time. */
const STUB_MODE = 0o400;
const WRITABLE = 0o200;

/**
 * Shortens the logs of turns that ended longer ago than the retention to their first and last line, and removes what is
 * 30 times as old. @returns how many it touched.
 */
export async function expireTurns(folder: HostFolder, retentionMs: number, now = Date.now()): Promise<number> {
  let touched = 0;
  for (const session of await readdir(folder.sessions).catch(() => [])) {
    const turns = join(folder.sessions, session, 'turns');
    for (const file of await readdir(turns).catch(() => [])) {
      const path = join(turns, file);
      const { mtimeMs, mode } = await stat(path);
      const age = now - mtimeMs;
      if (age < retentionMs) continue;
      if (age > retentionMs * STUB_FACTOR) await rm(path, { force: true });
      else if ((mode & WRITABLE) === 0 || !(await shorten(path))) continue;
      touched += 1;
    }
  }
  return touched;
}

/** @returns false where there was nothing to take away. */
async function shorten(path: string): Promise<boolean> {
  const stored = await readTurn(path);
  if (!stored?.ended) return false;
  const { header, frames } = stored;
  const isShort = frames[0] === '' || frames.length === 1;
  if (!isShort) await writeFileWhole(path, `${JSON.stringify(header)}\n${frames.at(-1)}\n`);
  await chmod(path, STUB_MODE);
  return !isShort;
}
