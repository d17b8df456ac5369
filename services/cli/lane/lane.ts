import { parseArgs } from 'node:util';
import { readEnv } from '../../../shared/config/read-env.ts';
import { type Found, roomMeant } from '../../../shared/diagnosis/find-room.ts';
import { verdict } from '../../../shared/diagnosis/verdict.ts';
import { CALLED_AS } from '../../../shared/runtime/called-as.ts';
import type { KnownRoom } from '../../../shared/store/known-rooms.ts';
import { openDatabase } from '../../../shared/store/postgres.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { UsageError } from '../usage-error.ts';
import { gather } from './gather.ts';
import { laneText } from './lane-text.ts';

/** `lane <room> [--json]`: from a silent room to its cause. @returns 1 where no one room is meant. */
export async function lane(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } });
  const [wanted, ...more] = positionals;
  if (!wanted?.trim() || more.length > 0)
    throw new UsageError('lane takes one room: its id, a link to it, or its name in quotes');
  const environment = environmentOfStack(process.env);
  const env = readEnv(environment, ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  const options = { namespace: env.SURFACES_NAMESPACE, max: 1, applicationName: 'surfaces lane' };
  const database = openDatabase(env.DATABASE_URL, options);
  try {
    const found = await roomMeant(database, wanted);
    if (!('room' in found)) {
      process.stderr.write(notOne(wanted, found));
      return 1;
    }
    const evidence = await gather(database, withoutWords(found.room), environment);
    const said = verdict(evidence);
    const json = () => `${JSON.stringify({ ...evidence, verdict: said }, null, 2)}\n`;
    process.stdout.write(values.json ? json() : laneText(evidence, said));
    return 0;
  } finally {
    await database.close();
  }
}

/** A room that is named after its first question bears what a person wrote. */
function withoutWords(room: KnownRoom): KnownRoom {
  return room.namedBy === 'question' ? { ...room, name: null } : room;
}

function notOne(wanted: string, { candidates }: Extract<Found, { candidates: unknown }>): string {
  if (candidates.length === 0)
    return `surfaces: nothing is known of the room ${harmless(wanted)}. \`${CALLED_AS} rooms\` lists those that are known; one that was never answered, or whose ingress is down, is not among them.\n`;
  const lines = candidates.map(
    ({ roomId, name, owner, state }) => `  ${roomId}  ${name ?? '(no name)'}, ${owner}, ${state}`,
  );
  return harmless(`surfaces: “${wanted}” may mean several rooms; take one by its id:\n${lines.join('\n')}\n`);
}
