import { parseArgs } from 'node:util';
import { readEnv } from '../../../shared/config/read-env.ts';
import { knownRooms, type RoomsWanted } from '../../../shared/store/known-rooms.ts';
import { openDatabase } from '../../../shared/store/postgres.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { UsageError } from '../usage-error.ts';
import { roomsText } from './rooms-text.ts';

const LIMIT = 200;
const MOST = 100_000;

/** `rooms [--owner @x:y] [--state active|archived] [--limit n] [--json]`: what rooms the bot knows, and what goes on in them. */
export async function rooms(args: string[]): Promise<number> {
  const { json, ...wanted } = readOptions(args);
  const env = readEnv(environmentOfStack(process.env), ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  const options = { namespace: env.SURFACES_NAMESPACE, max: 1, applicationName: 'surfaces rooms' };
  const database = openDatabase(env.DATABASE_URL, options);
  try {
    const known = await knownRooms(database, wanted);
    process.stdout.write(json ? `${JSON.stringify(known, null, 2)}\n` : roomsText(known, Date.now()));
    return 0;
  } finally {
    await database.close();
  }
}

function readOptions(args: string[]): RoomsWanted & { readonly json: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      owner: { type: 'string' },
      state: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const { owner, state, limit = String(LIMIT), json = false } = values;
  if (owner !== undefined && !/^@[^:]+:.+$/.test(owner))
    throw new UsageError(`--owner ${owner} is no user id; for example --owner @ann:example.org`);
  if (state !== undefined && state !== 'active' && state !== 'archived')
    throw new UsageError(`--state ${state} is neither active nor archived`);
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > MOST)
    throw new UsageError(`--limit ${limit} is no number from 1 to ${MOST.toLocaleString('en')}`);
  return { ...(owner !== undefined && { owner }), ...(state && { state }), limit: most, json };
}
