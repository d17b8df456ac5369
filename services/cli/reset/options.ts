import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';
import { Refused } from './refused.ts';

export type ResetOptions = { readonly yes: boolean; readonly json: boolean; readonly homeserver?: string };

/**
 * What was asked for.
 * @throws UsageError without `--dev`, which is there so that nobody types this by mistake. Refused in production.
 */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): ResetOptions {
  const { values } = parseArgs({
    args,
    options: {
      dev: { type: 'boolean' },
      yes: { type: 'boolean' },
      json: { type: 'boolean' },
      homeserver: { type: 'string' },
    },
  });
  if (!values.dev)
    throw new UsageError('reset takes a development account back to nothing, and only that: say reset --dev');
  if (environment.SURFACES_ENV === 'production') throw new Refused('SURFACES_ENV is production.');
  const { yes = false, json = false, homeserver } = values;
  return { yes, json, ...(homeserver !== undefined && { homeserver }) };
}
