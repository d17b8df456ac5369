import { codeOf, describe } from '../../../shared/errors/surfaces-error.ts';
import { CALLED_AS } from '../../../shared/runtime/called-as.ts';
import { assertSchema } from '../../../shared/store/migrate.ts';
import { type Database, openDatabase } from '../../../shared/store/postgres.ts';
import type { Look } from './check.ts';
import { clockFinding } from './clock.ts';
import type { Finding } from './finding.ts';

const NAME = 'Postgres';
/** One worker’s share: with fewer left, the next role that starts may not get in. */
const SPARE_CONNECTIONS = 16;

const SERVER = {
  name: 'doctor_server',
  text: `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
      current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS durable,
      pg_is_in_recovery() AS standby, current_setting('max_connections')::int AS most,
      (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
      clock_timestamp() AS now`,
};
const ZONELESS = {
  name: 'doctor_zoneless',
  text: `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type = 'timestamp without time zone' ORDER BY 1`,
};

export type PostgresFacts = {
  readonly version: string;
  readonly encoding: string;
  readonly durable: boolean;
  readonly standby: boolean;
  readonly most: number;
  readonly used: number;
  readonly now: Date;
};

/** Whether the record is there, is ours, keeps what it is told, and knows what time it is. */
export const lookAtPostgres: Look<'DATABASE_URL' | 'SURFACES_NAMESPACE'> = async (env) => {
  const options = { namespace: env.SURFACES_NAMESPACE, max: 1, applicationName: 'surfaces doctor' };
  const database = openDatabase(env.DATABASE_URL, options);
  try {
    // The first statement connects, and so says nothing about clocks.
    await database.run({ name: 'doctor_connect', text: 'SELECT 1' });
    const before = Date.now();
    const [facts] = await database.run<PostgresFacts>(SERVER);
    const ours = (before + Date.now()) / 2;
    return [
      ...serverFindings(facts!),
      await schemaFinding(database),
      clockFinding(NAME, 'its', facts!.now.getTime() - ours),
    ];
  } catch (error) {
    const remedy =
      codeOf(error) === 'database_unavailable' ? 'start it, or check DATABASE_URL; messages wait meanwhile' : undefined;
    return [{ name: NAME, level: 'error', text: describe(error), remedy }];
  } finally {
    await database.close();
  }
};

export function serverFindings({ version, encoding, durable, standby, most, used }: PostgresFacts): Finding[] {
  const left = most - used;
  const text = `version ${version.split(' ')[0]}, ${used} of ${most} connections in use`;
  const found: Finding[] = [{ name: NAME, level: 'ok', text }];
  const add = (level: Finding['level'], what: string, remedy: string) =>
    found.push({ name: NAME, level, text: what, remedy });
  if (left < SPARE_CONNECTIONS)
    add('warning', `only ${left} of ${most} connections are left`, 'raise max_connections: each worker takes up to 16');
  if (standby) add('error', 'is a standby that cannot be written', 'let DATABASE_URL name the primary');
  if (encoding !== 'UTF8')
    add(
      'error',
      `keeps text as ${encoding}, which has no room for what people write`,
      'make the database with ENCODING UTF8',
    );
  if (!durable)
    add(
      'warning',
      'does not wait for the disk: a power cut loses what was promised',
      'set fsync and synchronous_commit to on, but for tests',
    );
  return found;
}

async function schemaFinding(database: Database): Promise<Finding> {
  try {
    await assertSchema(database);
  } catch (error) {
    const remedy = codeOf(error) === 'schema_mismatch' ? `${CALLED_AS} migrate` : undefined;
    return { name: NAME, level: 'error', text: describe(error), remedy };
  }
  const zoneless = await database.run<{ column: string }>(ZONELESS);
  if (zoneless.length === 0)
    return { name: NAME, level: 'ok', text: 'schema up to date, no time in it depends on a time zone' };
  const text = `times without a time zone: ${zoneless.map(({ column }) => column).join(', ')}`;
  return {
    name: NAME,
    level: 'error',
    text,
    remedy: 'they were not made by surfaces’ migrations: make them timestamptz',
  };
}
