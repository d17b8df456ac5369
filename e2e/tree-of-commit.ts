import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../shared/stack/project-root.ts';

/** Modes as a checkout has them: with others the layers of an image would be others, and none of them in the builder's cache. */
const MODES = ['-c', 'tar.umask=0022'];

const git = (...args: string[]) =>
  execFileSync('git', ['-C', PROJECT_ROOT, ...args], { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 30 });

export function hasCommit(commit: string): boolean {
  try {
    git('cat-file', '-e', `${commit}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

/** Whether this is a clone, and not one that was cut off. */
export function hasWholeHistory(): boolean {
  try {
    return git('rev-parse', '--is-shallow-repository').toString().trim() === 'false';
  } catch {
    return false;
  }
}

/** What is tracked in a commit, in a new folder of its own, which is for the caller to remove. */
export function treeOfCommit(commit: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'surfaces-before-'));
  execFileSync('tar', ['-x', '-C', folder], { input: git(...MODES, 'archive', commit) });
  return folder;
}
