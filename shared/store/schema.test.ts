import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dropSchema, type FreshDatabase, freshDatabase } from './fresh-database.ts';
import { connectOnce } from './postgres.ts';
import { prismaAdapter } from './prisma.ts';

// Prisma's schema engine in WASM writes the SQL of schema.prisma; what the migrations make has to be the same.
const SCHEMA = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url));

type Wasm = {
  instantiate(bytes: Buffer, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};
const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };

async function sqlOfSchema(url: string): Promise<string> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg' as string);
  const { bindMigrationAwareSqlAdapterFactory: bind } = await import('@prisma/driver-adapter-utils' as string);
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const bytes = readFileSync(path.join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const file = { path: 'schema.prisma', content: readFileSync(SCHEMA, 'utf8') };
  const engine = await glue.SchemaEngine.new(
    { datamodels: [[file.path, file.content]] },
    () => {},
    bind(prismaAdapter(url, 'public')),
  );
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [file] },
    script: true,
    exitCode: false,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout;
}

const COLUMNS = `SELECT table_name || '.' || column_name AS name, data_type, is_nullable,
    replace(column_default, $1 || '.', '') AS column_default
  FROM information_schema.columns WHERE table_schema = $1 AND table_name <> '_prisma_migrations' ORDER BY 1`;
const INDEXES = `SELECT indexname, regexp_replace(indexdef, ' ON [^ .]+\\.', ' ON ') AS definition
  FROM pg_indexes WHERE schemaname = $1 AND tablename <> '_prisma_migrations' ORDER BY 1`;

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase(1);
});
afterAll(() => database.drop());

it('is what the migrations make, but for the partial indexes that the schema language cannot say', async () => {
  const expected = `${database.namespace}_schema`;
  const script = (await sqlOfSchema(database.url)).replace(/CREATE SCHEMA .*;/, '');
  const connection = await connectOnce(database.url, expected, 'test');
  try {
    await connection.query(`CREATE SCHEMA ${expected}`);
    await connection.query(script);
    const read = async (text: string, schema: string) => (await connection.query(text, [schema])).rows;
    expect(await read(COLUMNS, database.namespace)).toEqual(await read(COLUMNS, expected));
    const made = await read(INDEXES, database.namespace);
    expect(made.filter((index) => !index.definition.includes(' WHERE '))).toEqual(await read(INDEXES, expected));
    expect(made.filter((index) => index.definition.includes(' WHERE ')).map((index) => index.indexname)).toEqual([
      'file_in_waiting_idx',
      'lane_held_idx',
      'lane_send_failed_idx',
      'lane_send_unsent_idx',
      'question_expires_idx',
      'question_open_idx',
    ]);
  } finally {
    await connection.end();
    await dropSchema(database.url, expected);
  }
});
