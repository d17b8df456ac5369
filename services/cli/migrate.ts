import { readEnv } from '../../shared/config/read-env.ts';
import { migrate } from '../../shared/store/migrate.ts';
import { environmentOfStack } from './settings-of-stack.ts';

/** `migrate`: safe to run twice, and at once from several machines. */
export async function migrateDatabase(): Promise<number> {
  const env = readEnv(environmentOfStack(process.env), ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  const { applied } = await migrate(env.DATABASE_URL, env.SURFACES_NAMESPACE, (line) =>
    process.stdout.write(`${line}\n`),
  );
  process.stdout.write(
    applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.length}: the database is up to date.\n`,
  );
  return 0;
}
