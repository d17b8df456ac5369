import { randomUUID } from 'node:crypto';
import { asUserId, serverOf } from '../../../shared/ids/ids.ts';
import { VERSION } from '../../../shared/runtime/version.ts';
import { beginDump, dumpRows, endDump } from '../../../shared/store/dump.ts';
import type { Connection } from '../../../shared/store/postgres.ts';
import { ownFiles } from '../reset/own-files.ts';
import { Refused } from '../reset/refused.ts';
import {
  Digests,
  FORMAT,
  MANIFEST,
  type Manifest,
  OPENING,
  type Opening,
  rowsPath,
  VOLUME,
} from './archive/archive-shape.ts';
import { padding, TAR_END, tarHeader } from './archive/tar-entry.ts';
import { type Piece, type VolumeTally, volumeBytes } from './volume-bytes.ts';

export type BackupSource = { readonly connection: Connection; readonly namespace: string; readonly agentsDir: string };

/** How far it has come; complete in the end. */
export type BackupState = { rows: number; table?: string; tally: VolumeTally; opening?: Opening; manifest?: Manifest };

export function newState(): BackupState {
  return { rows: 0, tally: { files: 0, bytes: 0, unreadable: [], changing: [] } };
}

/**
 * The archive before it is compressed: opening, database, volume, manifest. The database first: a file has its name before the
 * row that names it is written, so what the one snapshot of the database names was there when the volume is read, and the agent
 * host knows at least what the record says it does. What nobody has a row for yet is harmless.
 * @throws Refused where there is nothing to be backed up.
 */
export async function* archiveBytes(
  source: BackupSource,
  state: BackupState,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  const digests = new Digests();
  const start = await beginDump(source.connection);
  if (!start) throw new Refused(`the schema ${source.namespace} of the database holds nothing of surfaces.`);
  const { at, migrations, tables, sequences, accounts } = start;
  const opening: Opening = {
    ...{ format: FORMAT, product: VERSION, id: randomUUID(), at: at.toISOString(), namespace: source.namespace },
    ...{ bots: [...accounts], servers: [...new Set(accounts.map((account) => serverOf(asUserId(account))))] },
    ...{
      sequences: [...sequences],
      migrations: [...migrations],
      tables: tables.map(({ name, columns }) => ({ name, columns: [...columns] })),
    },
  };
  state.opening = opening;
  yield* jsonEntry(OPENING, opening);
  const rows = new Map(tables.map(({ name }) => [name, 0]));
  let number = 0;
  for await (const batch of dumpRows(source.connection, tables)) {
    signal.throwIfAborted();
    number = batch.table === state.table ? number + 1 : 1;
    state.table = batch.table;
    state.rows += batch.rows;
    rows.set(batch.table, rows.get(batch.table)! + batch.rows);
    for (const { path, bytes } of textEntry(rowsPath(batch.table, number), batch.text)) {
      digests.add(path, bytes);
      yield bytes;
    }
  }
  await endDump(source.connection);
  const own = await ownFiles(source.agentsDir);
  for await (const { path, bytes } of volumeBytes(source.agentsDir, own, state.tally, signal)) {
    digests.add(path, bytes);
    yield bytes;
  }
  const named = (paths: readonly string[]) => paths.map((path) => readable(path.slice(VOLUME.length + 1)));
  state.manifest = {
    id: opening.id,
    finishedAt: new Date().toISOString(),
    tables: Object.fromEntries(
      [...rows].map(([name, count]) => [name, { rows: count, sha256: digests.ofTable(name) }]),
    ),
    volume: {
      sha256: digests.ofVolume(),
      ...{ workspaces: own.workspaces.length, agentHost: own.folders.includes('.host') },
      ...{ files: state.tally.files, bytes: state.tally.bytes, foreign: [...own.foreign] },
      ...{ unreadable: named(state.tally.unreadable), changing: named(state.tally.changing) },
    },
  };
  yield* jsonEntry(MANIFEST, state.manifest);
  yield TAR_END;
}

function* jsonEntry(path: string, value: unknown): Generator<Buffer, void, void> {
  for (const { bytes } of textEntry(path, `${JSON.stringify(value, null, 2)}\n`)) yield bytes;
}

function textEntry(path: string, text: string): Piece[] {
  const content = Buffer.from(text);
  const size = content.length;
  const entry = { path, kind: 'file', mode: 0o600, uid: 0, gid: 0, size, mtimeMs: 0 } as const;
  return [tarHeader(entry), content, padding(size)].map((bytes) => ({ path, bytes }));
}

/** Names are bytes; what is no UTF-8 in them is shown as such. */
function readable(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}
