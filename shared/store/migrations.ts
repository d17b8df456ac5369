import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SurfacesError } from '../errors/surfaces-error.ts';

export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

export type AppliedMigration = {
  readonly name: string;
  readonly checksum: string;
  readonly finishedAt: Date | null;
  readonly rolledBackAt: Date | null;
  readonly logs: string | null;
  /** Code of the release before may run on it: recorded in the database, because that code has not the file. */
  readonly expands: boolean;
};

const FOLDER = fileURLToPath(new URL('../../prisma/migrations/', import.meta.url));

/** The migrations of this code, oldest first. The checksum is Prisma's: SHA-256 of the file. */
export function readMigrations(folder: string = FOLDER): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(`${folder}/${name}/migration.sql`, 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * What is to be applied, in order. A database that is newer only by migrations that expand is as good as the code's own.
 * @throws SurfacesError `migration_edited`, or `schema_mismatch` where the database is newer than the code and not by
 * expanding alone, has a migration that did not finish, or lacks one that is older than another that it has.
 */
export function compareMigrations(code: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const rows = applied.filter((row) => !row.rolledBackAt);
  const codeVersion = code.at(-1)?.name ?? 'nothing';
  const known = new Map(code.map((migration) => [migration.name, migration]));

  const unknown = rows.filter((row) => !known.has(row.name));
  const barring = unknown.find((row) => !row.expands);
  if (barring) {
    throw new SurfacesError(
      'schema_mismatch',
      `the database is newer than this code: it is at ${unknown.at(-1)?.name}, the code at ${codeVersion}, and ${barring.name} ends what older code relies on; start the version that knows it`,
    );
  }
  const edited = rows.filter((row) => (known.get(row.name) ?? row).checksum !== row.checksum).map((row) => row.name);
  if (edited.length > 0) {
    throw new SurfacesError(
      'migration_edited',
      `edited after it was applied: ${edited.join(', ')}; restore the file and write a new migration for the change`,
    );
  }
  const unfinished = rows.find((row) => !row.finishedAt);
  if (unfinished) {
    throw new SurfacesError(
      'schema_mismatch',
      `the migration ${unfinished.name} was begun by another tool and did not finish (${unfinished.logs ?? 'no reason given'}); resolve it with \`prisma migrate resolve\``,
    );
  }
  const done = new Set(rows.map((row) => row.name));
  const pending = code.filter((migration) => !done.has(migration.name));
  if (pending.length > 0 && unknown.length > 0) {
    throw new SurfacesError(
      'schema_mismatch',
      `the database is neither older nor newer than this code: it has ${unknown[0]?.name}, which the code does not know, and lacks ${pending[0]?.name}; start the version that was made after both`,
    );
  }
  const last = rows.at(-1)?.name ?? '';
  const late = pending.find((migration) => migration.name < last);
  if (late) {
    throw new SurfacesError(
      'schema_mismatch',
      `the migration ${late.name} is older than ${last}, which the database already has; give it a newer name`,
    );
  }
  return pending;
}
