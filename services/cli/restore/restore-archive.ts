import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { countRows } from '../../../shared/store/empty-schema.ts';
import { lastLoad } from '../../../shared/store/last-load.ts';
import { beginLoad, claimLoad, type Load } from '../../../shared/store/load-dump.ts';
import { type Connection, connectOnce } from '../../../shared/store/postgres.ts';
import { makeFolder } from '../../../shared/volume/layout.ts';
import { type Manifest, type Opening, partOf } from '../backup/archive/archive-shape.ts';
import { type OpenArchive, openArchive } from '../backup/archive/open-archive.ts';
import { obstacleOf } from '../backup/verify.ts';
import { ownFiles } from '../reset/own-files.ts';
import { count } from '../reset/plan-text.ts';
import { Refused } from '../reset/refused.ts';
import { VolumeUnpacker } from './unpack-volume.ts';
import { VolumeSwap } from './volume-swap.ts';

export type RestoreTarget = {
  readonly url: string;
  readonly connection: Connection;
  readonly namespace: string;
  readonly agentsDir: string;
};
export type RestoreOptions = {
  readonly replace: boolean;
  /** Asked before something is replaced. @throws Refused where it is not to be. */
  readonly confirm: (what: string) => Promise<void>;
  /** That nothing works on the target. @throws Refused */
  readonly checkNobody: (opening: Opening) => Promise<void>;
  readonly progress: Restoring;
  readonly signal: AbortSignal;
};
/** How far it has come. */
export type Restoring = { rows: number; files: number };
export type Restored = { readonly opening: Opening; readonly manifest: Manifest; readonly migrated: readonly string[] };

/**
 * Reads a backup once, into a transaction and a folder beside; only when all of it has come and is what was written, both take
 * their places: first the files, then by the commit the rows.
 * @throws Refused, Damaged; what the database or the volume answers. Whatever it throws, running it again begins from nothing.
 */
export async function restoreArchive(file: string, target: RestoreTarget, options: RestoreOptions): Promise<Restored> {
  const archive = await openArchive(file);
  try {
    const obstacle = obstacleOf(archive.opening);
    if (obstacle) throw new Refused(obstacle);
    await options.checkNobody(archive.opening);
    if (!(await claimLoad(target.connection, target.namespace))) throw new Refused('another restore is at work.');
    await makeRoom(target, options);
    return await fill(archive, target, options);
  } finally {
    archive.close();
  }
}

async function makeRoom(target: RestoreTarget, { replace, confirm }: RestoreOptions): Promise<void> {
  const { connection, namespace, agentsDir } = target;
  const swap = new VolumeSwap(agentsDir);
  if (existsSync(agentsDir) && (await swap.recover((await lastLoad(connection))?.id)) && !replace)
    throw new Refused(
      'the restore that was interrupted had come to its end: everything is in its place. To do it again: --replace',
    );
  const { folders, workspaces } = await ownFiles(agentsDir);
  const rows = Object.values(await countRows(connection)).reduce((sum, one) => sum + one, 0);
  const there = [
    ...(rows > 0 ? [`${count(rows, 'row')} in the schema ${namespace} of the database`] : []),
    ...(workspaces.length + folders.length > 0
      ? [`${count(workspaces.length, 'workspace')}${folders.map((name) => ` and ${name}`).join('')} in ${agentsDir}`]
      : []),
  ].join(', and ');
  if (there === '') return;
  if (!replace) throw new Refused(`there is something already: ${there}. To put the backup in its place: --replace`);
  await confirm(there);
}

async function fill(archive: OpenArchive, target: RestoreTarget, options: RestoreOptions): Promise<Restored> {
  const { connection, namespace, agentsDir } = target;
  const { opening } = archive;
  const id = randomUUID();
  const madeVolume = !existsSync(agentsDir);
  // What is above it has to be there, so that a mount that is missing is noticed.
  if (madeVolume) await makeFolder(agentsDir);
  const swap = new VolumeSwap(agentsDir);
  let load: Load | undefined;
  try {
    await swap.begin(id);
    load = await beginLoad(connection, namespace, opening.migrations);
    const unpacker = new VolumeUnpacker(swap.fresh);
    const manifest = await readInto(archive, load, unpacker, options);
    const migrated = await load.finish(opening.sequences);
    await unpacker.finish(madeVolume ? agentsDir : undefined);
    options.signal.throwIfAborted();
    await swap.swapIn();
    await commit(load, id, target);
    await swap.finish();
    return { opening, manifest, migrated };
  } catch (error) {
    if (error instanceof Unknown) throw error;
    await load?.rollback();
    await swap.undo();
    if (madeVolume) await rmdir(agentsDir);
    throw error;
  }
}

/** Nobody can tell now whether the commit came to pass. The next run can. */
class Unknown extends SurfacesError {}

async function commit(load: Load, id: string, { url, namespace }: RestoreTarget): Promise<void> {
  try {
    await load.commit(id);
  } catch (error) {
    const isThere = await isCommitted(url, namespace, id).catch(() => undefined);
    if (isThere) return;
    if (isThere === false) throw error;
    throw new Unknown('database_unavailable', `the database went away at the very end (${describe(error)})`, {
      cause: error,
    });
  }
}

async function isCommitted(url: string, namespace: string, id: string): Promise<boolean> {
  const connection = await connectOnce(url, namespace, 'surfaces restore');
  try {
    return (await lastLoad(connection))?.id === id;
  } finally {
    await connection.end();
  }
}

function readInto(
  archive: OpenArchive,
  load: Load,
  unpacker: VolumeUnpacker,
  { progress, signal }: RestoreOptions,
): Promise<Manifest> {
  const tables = new Map(archive.opening.tables.map((table) => [table.name, table]));
  return archive.read(async (entry) => {
    signal.throwIfAborted();
    const part = partOf(entry.path);
    if (part === 'volume' || part === undefined) {
      await unpacker.put(entry);
      progress.files = unpacker.files;
      return;
    }
    const text = await entry.text();
    await load.insert(tables.get(part.table)!, text);
    progress.rows += text.split('\n').length - 1;
  });
}
