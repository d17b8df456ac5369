import { afterAll, beforeAll, expect, test } from 'vitest';
import { countRows, emptySchema } from './empty-schema.ts';
import { dropSchema, type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { type Connection, connectOnce } from './postgres.ts';

let database: FreshDatabase;
let connection: Connection;
let foreign: string;

beforeAll(async () => {
  database = await freshDatabase();
  foreign = `${database.namespace}_foreign`;
  connection = await connectOnce(database.url, database.namespace, 'surfaces test');
  await connection.query(`CREATE SCHEMA "${foreign}"`);
  await connection.query(`CREATE TABLE "${foreign}".person AS SELECT 'mine'::text AS word`);
});
afterAll(async () => {
  await connection?.end();
  await dropSchema(database.url, foreign);
  await database?.drop();
});

test('empties every table of the schema but the record of migrations, and no other schema', async () => {
  expect(await countRows(connection)).toEqual({});
  await connection.query("INSERT INTO person (user_id) VALUES ('@ann:b'), ('@bob:b')");
  await connection.query("INSERT INTO lane_cursor (source, token) VALUES ('matrix/@bot:b', 's1')");
  expect(await countRows(connection)).toEqual({ lane_cursor: 1, person: 2 });
  await emptySchema(connection, ['lane_cursor']);
  expect(await countRows(connection)).toEqual({ lane_cursor: 1 });
  await emptySchema(connection);
  expect(await countRows(connection)).toEqual({});
  // Seen by others, too.
  expect(await database.run({ name: 'count', text: 'SELECT count(*) AS count FROM person' })).toEqual([{ count: 0 }]);
  expect((await connection.query('SELECT FROM _prisma_migrations')).rowCount).toBeGreaterThan(0);
  expect((await connection.query(`SELECT word FROM "${foreign}".person`)).rows).toEqual([{ word: 'mine' }]);
});

test('a table elsewhere that refers to ours is an error, and nothing is emptied', async () => {
  await connection.query("INSERT INTO person (user_id) VALUES ('@ann:b')");
  await connection.query(`CREATE TABLE "${foreign}".friend (person text REFERENCES person)`);
  await expect(emptySchema(connection)).rejects.toThrow('foreign key');
  expect(await countRows(connection)).toEqual({ person: 1 });
  await connection.query(`DROP TABLE "${foreign}".friend`);
});

test('somebody who holds a table is told of, not waited for without end', async () => {
  const other = await connectOnce(database.url, database.namespace, 'surfaces test');
  await other.query('BEGIN');
  await other.query('SELECT FROM person');
  await expect(emptySchema(connection)).rejects.toMatchObject({ code: 'database_unavailable' });
  await other.end();
  await emptySchema(connection);
  expect(await countRows(connection)).toEqual({});
});

test('a schema that is not there has nothing in it', async () => {
  const nowhere = await connectOnce(database.url, `${database.namespace}_nowhere`, 'surfaces test');
  expect(await countRows(nowhere)).toEqual({});
  await emptySchema(nowhere);
  await nowhere.end();
});
