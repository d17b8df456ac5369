import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { rolesOfBuild } from '../../shared/stack/roles-of-build.ts';

// When the image is built, `warm.ts [role …]`: each entry point runs once, so that all they load is kept stripped and compiled. Without
// settings a role says what is missing and ends. See infra/scripts/warm-compile-cache.ts.
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const entry = here('entry.ts');
const roles = process.argv.length > 2 ? process.argv.slice(2) : rolesOfBuild();
const calls = [...roles.map((role) => [entry, role]), [entry, 'migrate', '--help'], [here('health.ts')]];
for (const call of calls) {
  const { error, signal } = spawnSync(process.execPath, call, { stdio: 'ignore' });
  if (error ?? signal) throw new Error(`${call.join(' ')} did not end by itself: ${error?.message ?? signal}`);
}
