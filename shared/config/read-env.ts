import { SurfacesError } from '../errors/surfaces-error.ts';
import { givenValue } from './given-value.ts';
import { SERVER_VARIABLES } from './server-variables.ts';
import {
  type Environment,
  requiredIn,
  VARIABLE_GROUPS,
  VARIABLES,
  type ValueOf,
  type Variable,
  type VariableName,
} from './variables.ts';

export type Env<Name extends VariableName> = { readonly [Key in Name]: ValueOf<Key> };

/** What stands for secrets in `.env.example`: whoever forgets one has a password that everybody knows. */
export const PLACEHOLDER = 'change-me';

/** What is wrong with one variable: `text` is a sentence that begins with its name and ends with an example. */
export type SettingProblem = { readonly variable: VariableName; readonly missing: boolean; readonly text: string };

/**
 * The typed configuration of a process: exactly the variables that it names. `NAME_FILE` may stand for any `NAME` and
 * points to a file that holds the value (for secrets of containers).
 * @throws SurfacesError `config_invalid` that lists every problem at once: variable, what is wrong, an example.
 */
export function readEnv<Name extends VariableName>(environment: Environment, names: readonly Name[]): Env<Name> {
  const { values, problems } = lookAtEnv(environment, names);
  if (problems.length > 0) throw configInvalid(problems);
  return values as Env<Name>;
}

/** All that is wrong as one error. */
export function configInvalid(problems: readonly SettingProblem[]): SurfacesError {
  const lines = problems.map(({ text }) => `  - ${text}`).join('\n');
  return new SurfacesError('config_invalid', `the configuration does not hold:\n${lines}`);
}

/** `readEnv` for who wants to show what is wrong. */
export function lookAtEnv<Name extends VariableName>(
  environment: Environment,
  names: readonly Name[],
): { readonly values: Partial<Env<Name>>; readonly problems: readonly SettingProblem[] } {
  const production = environment.SURFACES_ENV === 'production';
  const problems: SettingProblem[] = [];
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of new Set(names)) {
    const variable = VARIABLES[name] as Variable<unknown>;
    const wrong = (what: string, missing = false) =>
      problems.push({ variable: name, missing, text: `${name} ${what}; for example ${name}=${variable.example}` });
    const { value = production ? variable.production : variable.development, problem } = givenValue(environment, name);
    if (problem !== undefined) wrong(problem);
    else if (value === undefined) wrong(`is not set (${variable.meaning})`, true);
    else if (variable.secret && value.includes(PLACEHOLDER)) wrong(`still has “${PLACEHOLDER}” in it`);
    else {
      const parsed = variable.parse.safeParse(value);
      if (parsed.success) values[name] = parsed.data;
      else wrong(parsed.error.issues[0]?.message ?? 'is not valid');
    }
  }
  return { values: values as Partial<Env<Name>>, problems };
}

/**
 * What is wrong with an environment for a whole stack: everything that is set, and in production all that is missing. In
 * development servers that are not named are embedded.
 */
export function problemsOfStack(environment: Environment): SettingProblem[] {
  const groups = VARIABLE_GROUPS.filter(({ applies }) => applies?.(environment) ?? true);
  const names = groups.flatMap(({ variables }) => Object.keys(variables) as VariableName[]);
  const { problems } = lookAtEnv(environment, names);
  const required = new Set(requiredIn(environment));
  const embedded = environment.SURFACES_ENV === 'production' ? {} : SERVER_VARIABLES;
  return problems.filter(({ variable, missing }) => !missing || (required.has(variable) && !(variable in embedded)));
}
