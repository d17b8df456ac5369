import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A volume with one workspace, and a folder beside it that no agent may get at. Deleted in the end. */
export type TestVolume = AsyncDisposable & {
  readonly agentsDir: string;
  readonly workspace: string;
  readonly outside: string;
  /** Writes a file of the workspace, and the folders above it. @returns its path. */
  put(path: string, content: string | Uint8Array): string;
};

export function testVolume(under = tmpdir()): TestVolume {
  const top = realpathSync(mkdtempSync(join(under, 'surfaces-volume-')));
  const agentsDir = join(top, 'agents');
  const workspace = join(agentsDir, 'chat-1');
  const outside = join(top, 'outside');
  mkdirSync(workspace, { recursive: true });
  mkdirSync(outside);
  return {
    agentsDir,
    workspace,
    outside,
    put(path, content) {
      const full = join(workspace, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
      return full;
    },
    async [Symbol.asyncDispose]() {
      rmSync(top, { recursive: true, force: true });
    },
  };
}

/** Files that are not finished, which nobody should ever find. */
export async function partsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.part'));
}

/** How many handles this process has open. */
export async function openHandles(): Promise<number> {
  return (await readdir('/proc/self/fd')).length;
}
