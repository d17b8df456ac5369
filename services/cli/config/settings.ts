import { givenValue } from '../../../shared/config/given-value.ts';
import { type Environment, VARIABLE_GROUPS, type Variable } from '../../../shared/config/variables.ts';
import { maskedSecret, maskedValue } from './masked.ts';

export type Setting = {
  readonly name: string;
  /** As it may be shown; null where there is none. */
  readonly value: string | null;
  readonly from: 'environment' | 'file' | 'stack' | 'default' | 'not set';
  /** Of a value from a file: which. */
  readonly file?: string;
  readonly secret: boolean;
  readonly meaning: string;
};
export type SettingGroup = {
  readonly title: string;
  readonly about: string;
  /** Whether anything reads them, as the rest is set. */
  readonly inUse: boolean;
  readonly settings: readonly Setting[];
};

/** @param whole the environment with what a running stack adds to it. */
export function settingsOf(environment: Environment, whole: Environment): SettingGroup[] {
  const production = whole.SURFACES_ENV === 'production';
  return VARIABLE_GROUPS.map(({ title, about, variables, applies }) => ({
    title,
    about,
    inUse: applies?.(whole) ?? true,
    settings: Object.entries(variables).map(([name, variable]) => {
      const { value, ...where } = found(name, variable, { environment, whole, production });
      const shown = value === undefined ? null : variable.secret ? maskedSecret(value) : maskedValue(value);
      return { name, value: shown, ...where, secret: variable.secret ?? false, meaning: variable.meaning };
    }),
  }));
}

function found(
  name: string,
  variable: Variable<unknown>,
  { environment, whole, production }: { environment: Environment; whole: Environment; production: boolean },
): Pick<Setting, 'from' | 'file'> & { readonly value?: string } {
  const { value, file } = givenValue(environment, name);
  if (file !== undefined) return { value, from: 'file', file };
  if (value !== undefined || environment[name]) return { value: value ?? environment[name], from: 'environment' };
  if (whole[name]) return { value: whole[name], from: 'stack' };
  const otherwise = production ? variable.production : variable.development;
  return { value: otherwise, from: otherwise === undefined ? 'not set' : 'default' };
}
