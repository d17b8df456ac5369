import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropSchema } from '../../../shared/store/fresh-database.ts';
import { migrate } from '../../../shared/store/migrate.ts';
import { type Migration, readMigrations } from '../../../shared/store/migrations.ts';
import { type Connection, connectOnce } from '../../../shared/store/postgres.ts';
import { archiveBytes, newState } from '../backup/archive-bytes.ts';
import { writeArchive } from '../backup/write-archive.ts';
import { type Restored, type RestoreOptions, restoreArchive } from './restore-archive.ts';

const url = process.env.DATABASE_URL!;
export const NEVER: AbortSignal = new AbortController().signal;

/** A database schema and a volume, to be backed up or restored into. */
export class TestPlace implements AsyncDisposable {
  readonly namespace = `test_${randomBytes(6).toString('hex')}`;
  readonly top: string = mkdtempSync(join(tmpdir(), 'surfaces-backup-'));
  readonly agentsDir: string = join(this.top, 'agents');
  readonly #connections: Connection[] = [];

  /** @param migrations those that are applied; none leaves the schema away. */
  static async make(migrations: readonly Migration[] = readMigrations()): Promise<TestPlace> {
    const place = new TestPlace();
    if (migrations.length > 0) await migrate(url, place.namespace, () => {}, migrations);
    return place;
  }

  async connect(): Promise<Connection> {
    const connection = await connectOnce(url, this.namespace, 'surfaces test');
    this.#connections.push(connection);
    return connection;
  }

  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const connection = this.#connections[0] ?? (await this.connect());
    return (await connection.query<Row>(text, values)).rows;
  }

  /** @returns the file. `each` sees every piece of the archive before it is compressed. */
  async backup(each?: (piece: Buffer) => Promise<void>): Promise<string> {
    const connection = await this.connect();
    const { namespace, agentsDir } = this;
    const state = newState();
    const pieces = async function* () {
      for await (const piece of archiveBytes({ connection, namespace, agentsDir }, state, NEVER)) {
        await each?.(piece);
        yield piece;
      }
    };
    const file = join(this.top, 'backup.tar.zst');
    await writeArchive(file, pieces(), NEVER);
    return file;
  }

  async restore(file: string, options: Partial<RestoreOptions> = {}): Promise<Restored> {
    const connection = await connectOnce(url, this.namespace, 'surfaces test');
    const { namespace, agentsDir } = this;
    try {
      return await restoreArchive(
        file,
        { url, connection, namespace, agentsDir },
        {
          ...{ replace: false, confirm: async () => {}, checkNobody: async () => {} },
          ...{ progress: { rows: 0, files: 0 }, signal: NEVER },
          ...options,
        },
      );
    } finally {
      await connection.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection.end();
    await dropSchema(url, this.namespace);
    rmSync(this.top, { recursive: true, force: true });
  }
}
