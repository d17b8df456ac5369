import { parseArgs } from 'node:util';
import { VARIABLES, type Variable } from '../../shared/config/variables.ts';
import { environmentOfStack } from './settings-of-stack.ts';

type Setting = {
  readonly name: string;
  readonly value: string;
  readonly from: 'environment' | 'stack' | 'default' | 'not set';
  readonly meaning: string;
};

/** `config [--json]`: what is in force, and where it comes from. */
export async function config(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const whole = environmentOfStack(process.env);
  const production = whole.SURFACES_ENV === 'production';
  const settings = Object.entries(VARIABLES as Record<string, Variable<unknown>>).map(([name, variable]): Setting => {
    const fallback = production ? variable.production : variable.development;
    const given = process.env[name] || (process.env[`${name}_FILE`] && `from ${process.env[`${name}_FILE`]}`);
    const raw = given || whole[name] || fallback;
    const from = given ? 'environment' : whole[name] ? 'stack' : fallback === undefined ? 'not set' : 'default';
    return {
      name,
      value: raw === undefined ? '' : variable.secret ? masked(raw) : raw,
      from,
      meaning: variable.meaning,
    };
  });
  if (values.json) process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
  else
    for (const { name, value, from } of settings)
      process.stdout.write(`  ${name.padEnd(32)} ${value.padEnd(40)} ${from}\n`);
  return 0;
}

/** Of a URL everything but the password; of anything else nothing. */
function masked(value: string): string {
  if (!URL.canParse(value) || !value.includes('://')) return '••••••';
  const url = new URL(value);
  if (url.password) url.password = '••••••';
  return decodeURI(url.href);
}
