import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProcessLock } from '../../shared/stack/process-lock.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { runCommand } from '../../shared/stack/run-command.ts';

const CACHE = join(PROJECT_ROOT, 'node_modules/.cache/surfaces-acp-agents');
const FILES = ['package.json', 'package-lock.json'].map((name) => join(import.meta.dirname, name));
/** 330 MB from a registry. */
const PATIENCE_MS = 280_000;

export type InstalledAgents = { readonly opencode: string; readonly qwen: string };

/**
 * The agents of package-lock.json in a folder of their own, installed once, whoever asks first; no script of theirs runs.
 * (package.json overrides optional packages for other systems: some were never published, and `npm ci` misses them.)
 * @returns where their programs are, or why there are none, in one sentence.
 */
export async function installAgents(): Promise<InstalledAgents | string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'OpenCode’s package is for linux-x64';
  try {
    return await withProcessLock(`${CACHE}.lock`, install, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    return `the agents cannot be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}

async function install(): Promise<InstalledAgents> {
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(readFileSync(file));
  const folder = join(CACHE, hash.digest('hex').slice(0, 16));
  const done = join(folder, 'done');
  if (!existsSync(done)) {
    // What another version or an interrupted attempt left.
    rmSync(CACHE, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of FILES) cpSync(file, join(folder, file.slice(import.meta.dirname.length + 1)));
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await runCommand({ file: 'npm', args, cwd: folder }, AbortSignal.timeout(PATIENCE_MS));
    writeFileSync(done, '');
  }
  const modules = join(folder, 'node_modules');
  return {
    opencode: join(modules, 'opencode-linux-x64/bin/opencode'),
    qwen: join(modules, '@qwen-code/qwen-code/cli-entry.js'),
  };
}
