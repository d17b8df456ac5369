import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TestMount = Disposable & {
  readonly path: string;
  remountReadOnly(): void;
};

/** A file system of its own, of so many KiB. */
export function testMount(kibibytes: number): TestMount {
  const path = mkdtempSync(join(tmpdir(), 'surfaces-mount-'));
  try {
    mount('-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', path);
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return {
    path,
    remountReadOnly: () => mount('-o', 'remount,ro', path),
    [Symbol.dispose]() {
      // Lazily: a test that failed may still hold a handle.
      execFileSync('umount', ['-l', path]);
      rmdirSync(path);
    },
  };
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' });
}

/** Whether tests that need a file system of their own can run here: root outside of a tight container. */
export const MAY_MOUNT = mayMount();

/** For the name of a test that is skipped without. */
export const NEEDS_MOUNT = MAY_MOUNT ? '' : ' (skipped: mounting a tmpfs is not permitted here)';

function mayMount(): boolean {
  try {
    using _ = testMount(64);
    return true;
  } catch {
    return false;
  }
}
