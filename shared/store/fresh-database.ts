import { randomBytes } from 'node:crypto';
import { migrate } from './migrate.ts';
import { connectOnce, type Database, openDatabase } from './postgres.ts';

export type FreshDatabase = Database & { readonly url: string; readonly namespace: string; drop(): Promise<void> };

/** For tests and benchmarks: a schema of its own with everything in it, in the Postgres of DATABASE_URL or another one. */
export async function freshDatabase(max = 10, url = process.env.DATABASE_URL): Promise<FreshDatabase> {
  if (!url) throw new Error('DATABASE_URL is not set: `npm test` sets it');
  const namespace = `test_${randomBytes(6).toString('hex')}`;
  await migrate(url, namespace);
  const database = openDatabase(url, { namespace, max, applicationName: namespace });
  return {
    url,
    namespace,
    run: (statement, values) => database.run(statement, values),
    get statements() {
      return database.statements;
    },
    close: () => database.close(),
    async drop() {
      await database.close();
      await dropSchema(url, namespace);
    },
  };
}

export async function dropSchema(url: string, namespace: string): Promise<void> {
  const connection = await connectOnce(url, 'public', 'surfaces test');
  try {
    await connection.query(`DROP SCHEMA IF EXISTS "${namespace}" CASCADE`);
  } finally {
    await connection.end();
  }
}
