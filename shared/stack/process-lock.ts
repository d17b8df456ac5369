import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sleep } from '../time/time.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

type Options = {
  readonly signal?: AbortSignal;
  /** Called once, when somebody else has the lock. */
  readonly onWait?: (owner: number) => void;
};

/**
 * Runs `work` while no other process on this machine holds the same lock file. A holder that died is noticed at once:
 * the file names it by number and time of birth. Never times out; the signal ends the waiting.
 */
export async function withProcessLock<T>(path: string, work: () => Promise<T>, options: Options = {}): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const me = identityOf(process.pid);
  const mine = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, JSON.stringify(me), { mode: 0o600 });
  let told = false;
  try {
    while (!claim(mine, path)) {
      const owner = ownerOf(path);
      if (owner && !told) {
        told = true;
        options.onWait?.(owner.pid);
      }
      if (!(await sleep(owner ? 200 : 0, options.signal))) throw options.signal?.reason ?? new Error('interrupted');
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link appears with its content at once, which an opened and then written file does not. */
function claim(mine: string, path: string): boolean {
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The living owner; a dead one's file is taken away. */
function ownerOf(path: string): ProcessIdentity | undefined {
  const owner = readOwner(path);
  if (!owner || isAlive(owner)) return owner;
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    const moved = readOwner(aside);
    // Between reading and moving, another process may have done the same and claimed the lock: give it back.
    if (moved && isAlive(moved)) linkSync(aside, path);
    rmSync(aside, { force: true });
  } catch {
    // Somebody else was quicker with the same.
  }
  return undefined;
}

function readOwner(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
