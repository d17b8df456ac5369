import { join } from 'node:path';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { mainOf, rolesOfBuild } from '../../shared/stack/roles-of-build.ts';
import { instanceName } from './instance-name.ts';

// What the image starts: `docker run … surfaces <role>`, `migrate`, `cli <command>`, or one of the steps below, in this process.

const CLI = join(PROJECT_ROOT, 'services/cli/main.ts');
const STEPS: Readonly<Record<string, string>> = {
  'prepare-volume': './prepare-volume.ts',
  'staging-prepare': './staging/prepare.ts',
  'staging-people': './staging/people.ts',
};
const EXIT_USAGE = 64;

const name = process.argv[2] ?? '';
const step = STEPS[name];
if (rolesOfBuild().includes(name)) {
  process.env.SURFACES_INSTANCE ||= await instanceName(name);
  await import(mainOf(name));
} else if (name === 'cli' || name === 'migrate') {
  if (name === 'cli') process.argv.splice(2, 1);
  await import(CLI);
} else if (step) {
  await import(step);
} else {
  process.stderr.write(
    `surfaces: “${name}” is none of ${rolesOfBuild().join(', ')}, migrate, cli. See docs/DEPLOYMENT.md.\n`,
  );
  process.exitCode = EXIT_USAGE;
}
