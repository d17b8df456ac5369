import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostFolder } from './host-folder.ts';
import { writeFileWhole } from './session.ts';
import { readTurn } from './turn-log.ts';

/** What is left of an expired log, its header and its end, still tells a repetition of the turn from a new one. */
const STUB_FACTOR = 30;

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
      const age = now - (await stat(path)).mtimeMs;
      if (age < retentionMs) continue;
      const stored = await readTurn(path);
      const stub = stored?.frames[0] === '' || stored?.frames.length === 1;
      if (age > retentionMs * STUB_FACTOR) await rm(path, { force: true });
      else if (stored?.ended && !stub) await shorten(path, stored.header, stored.frames.at(-1)!);
      else continue;
      touched += 1;
    }
  }
  return touched;
}

async function shorten(path: string, header: unknown, end: string): Promise<void> {
  await writeFileWhole(path, `${JSON.stringify(header)}\n${end}\n`);
}
