import { readFileSync } from 'node:fs';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { VARIABLES, type ValueOf, type Variable, type VariableName } from './variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;
export type Env<Name extends VariableName> = { readonly [Key in Name]: ValueOf<Key> };

/**
 * The typed configuration of a process: exactly the variables that it names. `NAME_FILE` may stand for `NAME` and
 * points to a file that holds the value (for secrets of containers).
 * @throws SurfacesError `config_invalid` that lists every problem at once: variable, what is wrong, an example.
 */
export function readEnv<Name extends VariableName>(environment: Environment, names: readonly Name[]): Env<Name> {
  const production = environment.SURFACES_ENV === 'production';
  const problems: string[] = [];
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of names) {
    const variable = VARIABLES[name] as Variable<unknown>;
    const given = fromEnvironment(environment, name, problems);
    const raw = given ?? (production ? variable.production : variable.development);
    if (raw === undefined) {
      problems.push(`${name} is not set (${variable.meaning}); for example ${name}=${variable.example}`);
      continue;
    }
    const parsed = variable.parse.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(
        `${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}; for example ${name}=${variable.example}`,
      );
  }
  if (problems.length > 0) {
    throw new SurfacesError(
      'config_invalid',
      `the configuration does not hold:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
  return values as Env<Name>;
}

function fromEnvironment(environment: Environment, name: string, problems: string[]): string | undefined {
  const direct = environment[name];
  if (direct !== undefined && direct !== '') return direct;
  const path = environment[`${name}_FILE`];
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    problems.push(`${name}_FILE names ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return undefined;
  }
}
