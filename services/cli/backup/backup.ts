import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { stackHome } from '../../../shared/stack/stack-home.ts';
import { connectOnce } from '../../../shared/store/postgres.ts';
import { bytes } from '../../../shared/texts/formats.ts';
import { callersPath } from '../callers-path.ts';
import { inHome } from '../in-home.ts';
import { checkHomeIsDown } from '../reset/processes-of-home.ts';
import { Refused } from '../reset/refused.ts';
import { openServers } from '../reset/servers.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { UsageError } from '../usage-error.ts';
import { Damaged } from './archive/damaged.ts';
import { archiveBytes, type BackupState, newState } from './archive-bytes.ts';
import { contentsText, warningsOf } from './result-text.ts';
import { dataOfStack, type StackData } from './stack-data.ts';
import { type Verified, verifyArchive } from './verify.ts';
import { writeArchive } from './write-archive.ts';

const EXIT = { written: 0, whole: 0, damaged: 1, failed: 1, refused: 2 } as const;
const TOLD_EVERY_MS = 5_000;

/** How it ended; with `--json` it is what is printed. */
type Result = { state: keyof typeof EXIT; file: string; size?: number; reason?: string } & Partial<Verified>;

/** `backup <file or folder> [--json]`, `backup --verify <file> [--json]`. @returns 0, 1 or 2. */
export async function backup(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { verify: { type: 'string' }, json: { type: 'boolean' } },
  });
  const { verify, json = false } = values;
  const [target, ...more] = verify === undefined ? positionals : [verify, ...positionals];
  if (target === undefined || more.length > 0)
    throw new UsageError('say where to: backup <file or folder>, or backup --verify <file>');
  const say = (line: string) => {
    if (!json) process.stdout.write(`  … ${line}\n`);
  };
  const file = verify === undefined ? fileFor(target) : callersPath(target);
  const result = await untilInterrupted((signal) =>
    (verify === undefined ? write(file, say, signal) : check(file, signal)).catch((error: unknown): Result => {
      const reason = describe(signal.aborted ? signal.reason : error);
      return {
        state: error instanceof Refused ? 'refused' : error instanceof Damaged ? 'damaged' : 'failed',
        file,
        reason,
      };
    }),
  );
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else (EXIT[result.state] === 0 ? process.stdout : process.stderr).write(closing(result));
  return EXIT[result.state];
}

/** `surfaces-20261128T072942Z.tar.zst` in a folder, which a slash at the end demands; any other path is the file’s own. */
function fileFor(wanted: string): string {
  const target = callersPath(wanted);
  if (wanted.endsWith('/') && !existsSync(target))
    throw new UsageError(`there is no folder ${target}: make it first, or see that its disk is mounted`);
  if (!existsSync(target) || !statSync(target).isDirectory()) return target;
  const moment = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return join(target, `surfaces-${moment}.tar.zst`);
}

async function check(file: string, signal: AbortSignal): Promise<Result> {
  return { state: 'whole', file, ...(await verifyArchive(file, signal)) };
}

async function write(file: string, say: (line: string) => void, signal: AbortSignal): Promise<Result> {
  const state = newState();
  const telling = setInterval(() => say(progressOf(state)), TOLD_EVERY_MS).unref();
  try {
    const size = await withDatabase({ say, signal }, (url, data) => writeFrom(url, data, { file, state, signal }));
    return { state: 'written', file, size, opening: state.opening!, manifest: state.manifest! };
  } finally {
    clearInterval(telling);
  }
}

async function writeFrom(
  url: string,
  { namespace, agentsDir }: StackData,
  { file, state, signal }: { file: string; state: BackupState; signal: AbortSignal },
): Promise<number> {
  if (!existsSync(agentsDir)) throw new Refused(`the volume ${agentsDir} is not there. Is it mounted?`);
  const connection = await connectOnce(url, namespace, 'surfaces backup');
  try {
    return await writeArchive(file, archiveBytes({ connection, namespace, agentsDir }, state, signal), signal);
  } finally {
    await connection.end();
  }
}

/** Embedded Postgres of a stack that is down is started for it, and stopped again. */
async function withDatabase(
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
  use: (url: string, data: StackData) => Promise<number>,
): Promise<number> {
  const home = stackHome(process.env);
  const data = dataOfStack(process.env, home);
  const { database } = data;
  if (!database) throw new Refused('this stack has no database yet.');
  if (database !== 'embedded') return use(database.url, data);
  let size = 0;
  const whileDown = async () => {
    checkHomeIsDown(home);
    const servers = await openServers(data, { home, say, signal });
    try {
      size = await use(servers.databaseUrl!, data);
    } finally {
      await servers.stop();
    }
  };
  await inHome(home, whileDown, signal);
  return size;
}

function progressOf({ rows, tally }: BackupState): string {
  if (tally.files === 0) return `${rows.toLocaleString('en')} rows of the database`;
  return `${tally.files.toLocaleString('en')} files of the volume, ${bytes('en', tally.bytes)}`;
}

function closing({ state, file, size, reason, opening, manifest, obstacle }: Result): string {
  if (state === 'refused') return `Nothing was done: ${reason}\n`;
  if (state === 'damaged') return `Not a whole backup: ${file}: ${reason}\n`;
  if (!opening || !manifest) return `It failed: ${reason}\n`;
  const warnings = [...warningsOf(manifest), ...(obstacle ? [`this version cannot restore it: ${obstacle}`] : [])];
  const head = state === 'written' ? `Written: ${file} (${bytes('en', size!)})` : `Whole: ${file}`;
  return `${head}\n${contentsText(opening, manifest)}${warnings.map((text) => `  ! ${text}\n`).join('')}`;
}
