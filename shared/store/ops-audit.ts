import type { Database } from './postgres.ts';

/** What somebody is about to do as an operator. */
export type Deed = {
  readonly by: string;
  readonly act: string;
  /** The room, person, turn, or process that it is done to. */
  readonly subject: string;
  /** What else it was done with; never what people or agents wrote. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
};

export type AuditEntry = {
  readonly id: number;
  readonly at: Date;
  readonly by: string;
  readonly act: string;
  readonly subject: string;
  readonly details: Deed['details'] | null;
  /** Null while it is being done, or where the process died in it. */
  readonly outcome: string | null;
};

const BEGIN = {
  name: 'ops_audit_begin',
  text: 'INSERT INTO ops_audit (by, act, subject, details) VALUES ($1, $2, $3, $4) RETURNING id',
};
const END = { name: 'ops_audit_end', text: 'UPDATE ops_audit SET outcome = $2 WHERE id = $1' };
const COLUMNS = 'SELECT id, at, by, act, subject, details, outcome FROM ops_audit';
const ONE = { name: 'ops_audit_one', text: `${COLUMNS} WHERE id = $1` };
const PAGE = {
  name: 'ops_audit_page',
  text: `${COLUMNS} WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR by = $2) AND ($3::text IS NULL OR subject = $3)
   ORDER BY id DESC LIMIT $4`,
};
const EVERYBODY = { name: 'ops_audit_by', text: 'SELECT DISTINCT by FROM ops_audit ORDER BY by LIMIT 200' };

/** To be called before the deed is done. @returns its id. @throws SurfacesError `database_unavailable`: then it is not done. */
export async function beginAudit(database: Database, { by, act, subject, details }: Deed): Promise<number> {
  const [row] = await database.run<{ id: number }>(BEGIN, [by, act, subject, details ? JSON.stringify(details) : null]);
  return row!.id;
}

export async function endAudit(database: Database, id: number, outcome: string): Promise<void> {
  await database.run(END, [id, outcome]);
}

export async function auditEntry(database: Database, id: number): Promise<AuditEntry | null> {
  return (await database.run<AuditEntry>(ONE, [id]))[0] ?? null;
}

/** Newest first; `before` is the id of the last one of the page before. */
export async function auditEntries(
  database: Database,
  { before, by, subject, limit }: { before?: number; by?: string; subject?: string; limit: number },
): Promise<AuditEntry[]> {
  return database.run<AuditEntry>(PAGE, [before ?? null, by ?? null, subject ?? null, limit]);
}

/** Everybody who ever did something, 200 names at most. */
export async function auditedPeople(database: Database): Promise<string[]> {
  return (await database.run<{ by: string }>(EVERYBODY)).map(({ by }) => by);
}
