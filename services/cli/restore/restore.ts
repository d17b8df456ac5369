import { parseArgs } from 'node:util';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { asUserId } from '../../../shared/ids/ids.ts';
import { openRedis, untilUp } from '../../../shared/queue/redis.ts';
import { STARTED_WITH } from '../../../shared/runtime/called-as.ts';
import { createLog } from '../../../shared/runtime/log.ts';
import { makeHome, type StackHome, stackHome } from '../../../shared/stack/stack-home.ts';
import { type Connection, connectOnce } from '../../../shared/store/postgres.ts';
import { askForYes } from '../ask-for-yes.ts';
import type { Opening } from '../backup/archive/archive-shape.ts';
import { contentsText, warningsOf } from '../backup/result-text.ts';
import { dataOfStack, type StackData } from '../backup/stack-data.ts';
import { callersPath } from '../callers-path.ts';
import { inHome } from '../in-home.ts';
import { checkNobodyElse } from '../reset/other-processes.ts';
import { checkHomeIsDown } from '../reset/processes-of-home.ts';
import { Refused } from '../reset/refused.ts';
import { openServers } from '../reset/servers.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { UsageError } from '../usage-error.ts';
import { type Restored, restoreArchive } from './restore-archive.ts';

const EXIT = { restored: 0, failed: 1, refused: 2 } as const;
const REDIS_MS = 5_000;
const TOLD_EVERY_MS = 5_000;

type Options = { readonly file: string; readonly replace: boolean; readonly yes: boolean; readonly json: boolean };
/** How it ended; with `--json` it is what is printed. */
type Result = { state: keyof typeof EXIT; file: string; reason?: string } & Partial<Restored>;

/** `restore <file> [--replace [--yes]] [--json]`. @returns 0, 1 or 2. */
export async function restore(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { replace: { type: 'boolean' }, yes: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const { replace = false, yes = false, json = false } = values;
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('say what: restore <file>');
  const options = { file: callersPath(file), replace, yes, json };
  const result = await untilInterrupted((signal) =>
    run(options, signal).catch((error: unknown): Result => {
      const reason = describe(signal.aborted ? signal.reason : error);
      return { state: error instanceof Refused ? 'refused' : 'failed', file: options.file, reason };
    }),
  );
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else (EXIT[result.state] === 0 ? process.stdout : process.stderr).write(closing(result));
  return EXIT[result.state];
}

async function run(options: Options, signal: AbortSignal): Promise<Result> {
  const home = stackHome(process.env);
  const data = dataOfStack(process.env, home);
  let restored: Restored | undefined;
  // What is embedded need not be there yet.
  const given = data.database === undefined || data.database === 'embedded' ? undefined : data.database;
  if (!given || data.agentsDir === home.agents) makeHome(home);
  await inHome(
    home,
    async () => {
      checkHomeIsDown(home);
      restored = await restoreHome(home, { ...data, database: given ?? 'embedded' }, options, signal);
    },
    signal,
  );
  return { state: 'restored', file: options.file, ...restored };
}

async function restoreHome(home: StackHome, data: StackData, options: Options, signal: AbortSignal): Promise<Restored> {
  const { file, replace, yes, json } = options;
  const { namespace, agentsDir } = data;
  const say = (line: string) => {
    if (!json) process.stdout.write(`  … ${line}\n`);
  };
  const progress = { rows: 0, files: 0 };
  const tell = () => say(`${progress.rows.toLocaleString('en')} rows, ${progress.files.toLocaleString('en')} files`);
  const servers = await openServers(data, { home, say, signal });
  const url = servers.databaseUrl!;
  const connection = await connectOnce(url, namespace, 'surfaces restore');
  const telling = setInterval(tell, TOLD_EVERY_MS).unref();
  try {
    return await restoreArchive(
      file,
      { url, connection, namespace, agentsDir },
      {
        ...{ replace, progress, signal },
        confirm: async (there) => {
          if (!yes) await askForYes(`This is replaced, and lost: ${there}.`, json, signal);
        },
        checkNobody: (opening) => checkNobody(data, connection, opening),
      },
    );
  } finally {
    clearInterval(telling);
    await connection.end();
    await servers.stop();
  }
}

/** @throws Refused while a role runs, wherever it does. */
async function checkNobody(
  { redis: given, namespace }: StackData,
  connection: Connection,
  opening: Opening,
): Promise<void> {
  const redis = given && openRedis(given.url, 'producer', createLog('silent', {}));
  try {
    if (redis) await untilUp(redis, REDIS_MS);
    const accounts = opening.bots.length > 0 ? opening.bots.map(asUserId) : [undefined];
    for (const self of accounts)
      await checkNobodyElse({ connection, ...(redis && { redis }), ...(self && { self }) }, namespace);
  } finally {
    redis?.disconnect();
  }
}

function closing({ state, reason, opening, manifest, migrated }: Result): string {
  if (state === 'refused') return `Nothing was done: ${reason}\n`;
  if (state === 'failed')
    return `It is not restored, as far as can be told: ${reason}\nRun it again: it finds out, and begins from nothing.\n`;
  const steps = migrated!.length === 0 ? '' : `  Migrated   ${migrated!.join(', ')}\n`;
  const warnings = warningsOf(manifest!).map((text) => `  ! ${text}\n`);
  return `Restored.\n${contentsText(opening!, manifest!)}${steps}${warnings.join('')}Start with: ${STARTED_WITH}\n`;
}
