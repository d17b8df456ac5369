import { readFileSync } from 'node:fs';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Environment } from './variables.ts';

/** What an environment gives for a variable: directly, through the file that `NAME_FILE` names, or not at all. */
export type GivenValue = {
  readonly value?: string;
  /** Where `value` was read, if it stood in a file. */
  readonly file?: string;
  /** Why there is no value although one was meant, to be put behind the variable's name. */
  readonly problem?: string;
};

/**
 * Both at once is a problem and not a precedence: which of two secrets is old cannot be known, and a role that quietly
 * takes the old one fails far from the cause. A variable that is set to nothing counts as not set.
 */
export function givenValue(environment: Environment, name: string): GivenValue {
  const direct = environment[name] || undefined;
  const file = environment[`${name}_FILE`] || undefined;
  if (file === undefined) return direct === undefined ? {} : { value: direct };
  if (direct !== undefined) return { problem: `is set, and so is ${name}_FILE: take one of them away` };
  try {
    const value = readFileSync(file, 'utf8').trim();
    return value === '' ? { file, problem: `is to come from the file ${file}, which is empty` } : { value, file };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { file, problem: `is to come from the file ${file}, which cannot be read (${code})` };
  }
}

/**
 * An environment in which the files of these variables have been read: for who passes it on with other values of the same
 * variables beside it.
 * @throws SurfacesError `config_invalid`
 */
export function withFilesRead(environment: Environment, names: readonly string[]): Record<string, string | undefined> {
  const read: Record<string, string | undefined> = { ...environment };
  for (const name of names) {
    const { value, problem } = givenValue(environment, name);
    if (problem !== undefined) throw new SurfacesError('config_invalid', `${name} ${problem}`);
    delete read[`${name}_FILE`];
    if (value !== undefined) read[name] = value;
  }
  return read;
}
