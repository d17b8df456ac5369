import { mkdirSync, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** What was chosen is listened on by then, or never. */
const CLAIM_MS = 120_000;

/**
 * Chooses a port for somebody who will listen on it a little later, on which nothing listens meanwhile: others of this user
 * who look for one then, other stacks and tests, do not choose the same. Only a convenience: where no file can be made, as
 * without it.
 * @returns false where somebody else chose it in the last two minutes.
 */
export function claimPort(port: number, folder = claims(), now = Date.now()): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) forgetOld(join(folder, name), now);
  } catch {
    return true;
  }
  try {
    writeFileSync(join(folder, String(port)), '', { flag: 'wx' });
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'EEXIST';
  }
}

function claims(): string {
  return join(tmpdir(), `surfaces-ports-${userInfo().uid}`);
}

function forgetOld(file: string, now: number): void {
  try {
    if (now - statSync(file).mtimeMs > CLAIM_MS) unlinkSync(file);
  } catch {
    // Somebody else was quicker.
  }
}
