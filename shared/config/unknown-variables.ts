import { nearest } from './nearest.ts';
import { type Environment, VARIABLES } from './variables.ts';

const PREFIX = 'SURFACES_';

/** Known, and no settings of a role: of the commands and files that bring a stack up, and of what tests it. */
export const NOT_SETTINGS: readonly string[] = [
  ...['SURFACES_HOME', 'SURFACES_CACHE'],
  ...['SURFACES_E2E_HOME', 'SURFACES_E2E_KEEP', 'SURFACES_E2E_ROOT'],
  ...['SURFACES_SEED', 'SURFACES_TEST_CONTAINERS', 'SURFACES_TEST_MISSING', 'SURFACES_TEST_REAL_LLM'],
  ...['SURFACES_TEST_FAULTS', 'SURFACES_TEST_FAULTS_PAGE', 'SURFACES_IMAGE'],
];

/** What Kubernetes puts into every container for a Service `surfaces-…`. */
const SERVICE_LINK = /^(SURFACES_.+)_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_.+)?)?)$/;

/** A sentence for each `SURFACES_…` that nothing reads: it is mistyped, or of another version, and does nothing. */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set([...Object.keys(VARIABLES), ...NOT_SETTINGS]);
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.has(settingOf(name)) && !isServiceLink(name, environment))
    .sort()
    .map((name) => `${name} is not known${meant(name, [...known])}`);
}

function settingOf(name: string): string {
  return name.replace(/_FILE$/, '');
}

function isServiceLink(name: string, environment: Environment): boolean {
  const service = SERVICE_LINK.exec(name)?.[1];
  return service !== undefined && environment[`${service}_SERVICE_HOST`] !== undefined;
}

/** What all names have in common would make each of them near. */
function meant(name: string, known: readonly string[]): string {
  const typed = settingOf(name);
  const names = known.filter((each) => each.startsWith(PREFIX)).map((each) => each.slice(PREFIX.length));
  const close = nearest(typed.slice(PREFIX.length), names);
  return close === null
    ? '; docs/CONFIGURATION.md lists all that are'
    : `; did you mean ${PREFIX}${close}${name.slice(typed.length)}?`;
}
