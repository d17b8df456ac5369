import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withProcessLock } from './process-lock.ts';

const UNFINISHED = '.unfinished';

/** Downloaded servers, shared by all clones of this user: `SURFACES_CACHE`, or the XDG cache folder. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment.SURFACES_CACHE || join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'surfaces');
}

type Options = {
  readonly signal?: AbortSignal;
  /** Called when the entry is not there and has to be built. */
  readonly onBuild?: () => void;
  /** Whether what is there still works; it is built anew if not. */
  readonly holds?: (path: string) => boolean;
};

/**
 * The cache entry `name`, built by `build(folder)` if it is not there. It is built under another name and renamed when
 * it is whole, by one process at a time: whoever sees it sees all of it.
 */
export async function cached(
  cache: string,
  name: string,
  build: (folder: string) => Promise<void>,
  options: Options = {},
): Promise<string> {
  const path = join(cache, name);
  const there = () => existsSync(path) && (options.holds?.(path) ?? true);
  if (there()) return path;
  return withProcessLock(
    `${path}.lock`,
    async () => {
      if (there()) return path;
      options.onBuild?.();
      rmSync(path, { recursive: true, force: true });
      removeUnfinished(cache, name);
      // A name of its own: what a killed build had started may still be writing under the old one.
      const unfinished = mkdtempSync(`${path}${UNFINISHED}`);
      chmodSync(unfinished, 0o755);
      await build(unfinished);
      renameSync(unfinished, path);
      return path;
    },
    options,
  );
}

function removeUnfinished(cache: string, name: string): void {
  for (const old of readdirSync(cache).filter((entry) => entry.startsWith(name + UNFINISHED))) {
    try {
      rmSync(join(cache, old), { recursive: true, force: true });
    } catch {
      // Still written to; the next build removes it.
    }
  }
}
