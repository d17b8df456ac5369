import type { Database } from './postgres.ts';

/** An account of the operator's page that the record has. */
export type OpsAccount = {
  readonly name: string;
  readonly role: 'reader' | 'operator';
  /** As `hashPassword` made it. */
  readonly password: string;
  readonly createdAt: Date;
};

const PUT = {
  name: 'ops_account_put',
  text: `INSERT INTO ops_account (name, role, password) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password`,
};
const REMOVE = { name: 'ops_account_remove', text: 'DELETE FROM ops_account WHERE name = $1 RETURNING 1' };
const LIST = {
  name: 'ops_accounts',
  text: 'SELECT name, role, password, created_at AS "createdAt" FROM ops_account ORDER BY name',
};

const ADD = {
  name: 'ops_account_add',
  text: 'INSERT INTO ops_account (name, role, password) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING RETURNING 1',
};
const PASSWORD = {
  name: 'ops_account_password',
  text: 'UPDATE ops_account SET password = $2 WHERE name = $1 RETURNING 1',
};
const ROLE = { name: 'ops_account_role', text: 'UPDATE ops_account SET role = $2 WHERE name = $1 RETURNING 1' };

/** Makes an account, or gives it another role and password. */
export async function putOpsAccount(database: Database, account: Omit<OpsAccount, 'createdAt'>): Promise<void> {
  await database.run(PUT, [account.name, account.role, account.password]);
}

/** @returns false where there is one of that name already; it stays as it is. */
export async function addOpsAccount(database: Database, account: Omit<OpsAccount, 'createdAt'>): Promise<boolean> {
  return (await database.run(ADD, [account.name, account.role, account.password])).length > 0;
}

/** @returns false where there is none of that name. */
export async function setOpsPassword(database: Database, name: string, password: string): Promise<boolean> {
  return (await database.run(PASSWORD, [name, password])).length > 0;
}

/** @returns false where there is none of that name. */
export async function setOpsRole(database: Database, name: string, role: OpsAccount['role']): Promise<boolean> {
  return (await database.run(ROLE, [name, role])).length > 0;
}

/** @returns false where there was none of that name. */
export async function removeOpsAccount(database: Database, name: string): Promise<boolean> {
  return (await database.run(REMOVE, [name])).length > 0;
}

export async function opsAccounts(database: Database): Promise<OpsAccount[]> {
  return database.run<OpsAccount>(LIST);
}
