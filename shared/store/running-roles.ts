import type { Connection, Database } from './postgres.ts';

/** A session of the database that one of our processes holds. */
export type RoleSession = { readonly name: string; readonly pid: number; readonly address: string | null };

/**
 * The lock that the active ingress of an account holds: services/ingress/leadership.ts takes the same one. It names the
 * schema, so that a stack of another namespace in the same database is another's.
 */
const LOCK = "hashtext('ingress matrix/' || $1), hashtext(current_schema())";

const TAKE = `SELECT pg_try_advisory_lock(${LOCK}) AS mine`;
const ACTIVE = {
  name: 'ingress_active',
  text: `SELECT EXISTS (
    SELECT FROM lane_cursor c JOIN pg_locks k ON k.locktype = 'advisory' AND k.granted AND k.objsubid = 2
       AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND k.classid = (hashtext('ingress ' || c.source)::bigint & 4294967295)::oid
       AND k.objid = (hashtext(current_schema())::bigint & 4294967295)::oid) AS active`,
};
/** Names of sessions by role, by instance (`turn-worker-2`), and of any ingress, active or not. */
const SESSIONS = `SELECT application_name AS name, pid, host(client_addr) AS address FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (application_name ~ '^(ingress|command-worker|turn-worker|attachment-worker|reconcile-worker|ops)(-[0-9]+)?$'
      OR application_name ~ ' leadership$')
  ORDER BY application_name, pid`;

/** Whether an ingress is active, of an account of which something was taken in. */
export async function isIngressActive(database: Database): Promise<boolean> {
  const [row] = await database.run<{ active: boolean }>(ACTIVE);
  return row?.active ?? false;
}

/** Keeps every ingress of the account from becoming active, for as long as the connection lives. @returns false where one is. */
export async function keepIngressOut(connection: Connection, bot: string): Promise<boolean> {
  const { rows } = await connection.query<{ mine: boolean }>(TAKE, [bot]);
  // Null where the schema is not there: then nobody works on it.
  return rows[0]?.mine !== false;
}

/** Sessions in this database that bear the name of a role, of whatever namespace: a session does not tell which schema it uses. */
export async function roleSessions(connection: Connection): Promise<RoleSession[]> {
  const { rows } = await connection.query<RoleSession>(SESSIONS);
  return rows;
}
