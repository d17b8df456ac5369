import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CALLED_AS } from '../../../shared/runtime/called-as.ts';
import { prettyLines } from '../../../shared/runtime/log.ts';
import { stackHome } from '../../../shared/stack/stack-home.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { UsageError } from '../usage-error.ts';
import { linesAbout, readLogs } from './log-lines.ts';

/** `logs <id> [--json]`: what all roles of this stack wrote about one id. @returns 1 where that is nothing. */
export async function logs(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } });
  const [id, ...more] = positionals;
  if (!id?.trim() || more.length > 0)
    throw new UsageError('logs takes one id: of a room, an event, a turn, an operation');
  const { logs: folder } = stackHome(process.env);
  if (!existsSync(folder)) {
    process.stderr.write(
      `surfaces: there are no logs in ${folder}. Roles that \`up\` did not start write to stdout; docs/OBSERVABILITY.md says how to search there.\n`,
    );
    return 1;
  }
  const found = linesAbout(readLogs(folder), id.trim());
  if (found.length === 0) {
    process.stderr.write(
      `surfaces: no line in ${folder} is about ${harmless(id)}: a message is first in the log when it waits or has ended. \`${CALLED_AS} lane <room>\` says where it stands; with SURFACES_LOG_LEVEL=debug the roles say more.\n`,
    );
    return 1;
  }
  const pretty = prettyLines();
  // What an agent’s program wrote stands in some lines, and is not to steer the terminal.
  for (const { text } of found) process.stdout.write(values.json ? `${text}\n` : harmless(pretty(text)));
  return 0;
}
