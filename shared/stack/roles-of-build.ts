import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project-root.ts';

/** The roles of a stack, in the order in which they are listed. */
const ROLES = [
  'agent-host',
  'ingress',
  'command-worker',
  'turn-worker',
  'attachment-worker',
  'reconcile-worker',
  'ops',
] as const;

/** What listens where others look for it can be there only once. */
const ONE_OF_A_KIND: ReadonlySet<string> = new Set(['agent-host', 'ops']);

/** The roles that this build has. */
export function rolesOfBuild(): string[] {
  return ROLES.filter((role) => existsSync(mainOf(role)));
}

/** Those of which there may be several. */
export function rolesThatScale(): string[] {
  return rolesOfBuild().filter((role) => !ONE_OF_A_KIND.has(role));
}

export function mainOf(role: string): string {
  return join(PROJECT_ROOT, 'services', role, 'main.ts');
}
