import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { dirname, resolve } from 'node:path';
import { mainOf, rolesOfBuild } from '../../shared/stack/roles-of-build.ts';

// Run once at the end of an install, with NODE_COMPILE_CACHE set. It loads what each role loads, without starting one, so
// that the first start of a role finds its sources stripped and compiled: half a second and some 20 MB less for each.
for (const role of rolesOfBuild()) {
  const main = mainOf(role);
  for (const [, path = ''] of readFileSync(main, 'utf8').matchAll(/ from '(\.[^']+)'/g)) {
    await import(resolve(dirname(main), path));
  }
}
flushCompileCache();
// Metrics and pools that a module opens at its loading are not waited for.
process.exit(0);
