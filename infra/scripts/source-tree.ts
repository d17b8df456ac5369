import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = '{shared,services,infra,e2e,bench}/**/*.ts';

/** The project's own TypeScript: path from the root → source. */
export function readSources(root: string): Map<string, string> {
  const paths = [...globSync(FOLDERS, { cwd: root }), ...globSync('*.ts', { cwd: root })].sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
