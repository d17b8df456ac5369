import { randomBytes } from 'node:crypto';
import { type Connection, connectOnce } from '../shared/store/postgres.ts';

export type OwnDatabase = { readonly url: string; drop(): Promise<void> };

/**
 * A database of its own in the Postgres of the tests, for those in which the product looks for other stacks in its database: of
 * a second one there, under whatever namespace, it cannot tell that it is another's.
 */
export async function ownDatabase(): Promise<OwnDatabase> {
  const name = `surfaces_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(process.env.DATABASE_URL!);
  url.pathname = `/${name}`;
  await inTheTests((connection) => connection.query(`CREATE DATABASE ${name}`));
  return {
    url: url.href,
    drop: () => inTheTests((connection) => connection.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

async function inTheTests(what: (connection: Connection) => Promise<unknown>): Promise<void> {
  const connection = await connectOnce(process.env.DATABASE_URL!, 'public', 'surfaces test');
  try {
    await what(connection);
  } finally {
    await connection.end();
  }
}
