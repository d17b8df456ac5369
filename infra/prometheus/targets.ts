import { readStack, type Stack } from '../../shared/stack/stack-file.ts';
import { stackHome } from '../../shared/stack/stack-home.ts';

/** What Prometheus is to scrape of a running stack, as it reads it by `file_sd_configs`: one target a process. */
export function targetsOf({ roles }: Pick<Stack, 'roles'>): { targets: string[]; labels: Record<string, string> }[] {
  return roles.map(({ role, index, url }) => ({
    targets: [new URL(url).host],
    labels: { process: `${role}-${index}` },
  }));
}

if (import.meta.main) {
  const stack = readStack(stackHome(process.env));
  if (!stack) {
    process.stderr.write('No stack is up here (SURFACES_HOME): start one with npm run up.\n');
    process.exit(1);
  }
  process.stdout.write(`${JSON.stringify(targetsOf(stack), null, 2)}\n`);
}
