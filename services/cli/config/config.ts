import { parseArgs } from 'node:util';
import { problemsOfStack } from '../../../shared/config/read-env.ts';
import { unknownVariables } from '../../../shared/config/unknown-variables.ts';
import { readStack } from '../../../shared/stack/stack-file.ts';
import { stackHome } from '../../../shared/stack/stack-home.ts';
import { hasColours } from '../demo/terminal.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { configText } from './config-text.ts';
import { settingsOf } from './settings.ts';

const EXIT_CONFIG = 78;

/** `config [--json]`: what is in force, where it comes from, and what is wrong with it. @returns 78 where something is. */
export async function config(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const whole = environmentOfStack(process.env);
  const home = stackHome(process.env);
  const configuration = {
    environment: whole.SURFACES_ENV === 'production' ? 'production' : 'development',
    stack: readStack(home) ? home.root : null,
    groups: settingsOf(process.env, whole),
    problems: problemsOfStack(whole).map(({ text }) => text),
    warnings: unknownVariables(process.env),
  };
  const text = values.json
    ? JSON.stringify(configuration, null, 2)
    : configText(configuration, hasColours(process.stdout));
  process.stdout.write(`${text}\n`);
  return configuration.problems.length > 0 ? EXIT_CONFIG : 0;
}
