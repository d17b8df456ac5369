import { createHash } from 'node:crypto';
import type { Log } from '../../../shared/runtime/log.ts';
import { type OpsAccount, opsAccounts } from '../../../shared/store/ops-accounts.ts';
import { fitsPassword, hashPassword } from '../../../shared/store/ops-password.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { sameText } from './same-text.ts';
import type { AccountRole } from './visitor.ts';

export type Account = {
  readonly name: string;
  readonly role: AccountRole;
  /** Another one with each new password. */
  readonly seal: string;
};

/** How long the record's accounts are taken as they were read: one that is removed can do nothing after that. */
export const FRESH_MS = 10_000;
/** How long a program that sends its password with every request is believed: deriving a key takes a third of a second. */
const BELIEVED_MS = 60_000;
const MOST_BELIEVED = 1_000;

/**
 * Who may come in: the account of the configuration (`OPS_USER`, an operator), which needs no database, and those of the
 * record (`surfaces ops-user add`). While the database is away, the record's accounts are those that were read last.
 */
export class Accounts {
  readonly #configured: { readonly name: string; readonly password: string };
  readonly #database: Database;
  readonly #log: Log;
  #recorded: ReadonlyMap<string, OpsAccount> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  readonly #believed = new Map<string, { readonly seal: string; readonly until: number }>();
  /** What a name that nobody has is compared with, so that it takes as long. */
  readonly #nobody = hashPassword('');

  readonly #freshMs: number;

  constructor(
    configured: { name: string; password: string },
    database: Database,
    log: Log,
    { freshMs } = { freshMs: FRESH_MS },
  ) {
    this.#freshMs = freshMs;
    this.#configured = configured;
    this.#database = database;
    this.#log = log;
  }

  /** Null where name and password do not fit together. Takes as long whether there is such a name or not. */
  async admit(name: string, password: string): Promise<Account | null> {
    const configured = this.#ifConfigured(name);
    if (configured && sameText(password, this.#configured.password)) return configured;
    const key = createHash('sha256')
      .update(JSON.stringify([name, password]))
      .digest('base64');
    const believed = this.#believed.get(key);
    if (believed && believed.until > Date.now()) {
      const account = await this.find(name);
      if (account?.seal === believed.seal) return account;
    }
    const found = configured ? undefined : (await this.#read({ anew: true })).get(name);
    const fits = await fitsPassword(password, found?.password ?? (await this.#nobody));
    if (!fits || !found) return null;
    const account = accountOf(found);
    if (this.#believed.size >= MOST_BELIEVED) this.#believed.clear();
    this.#believed.set(key, { seal: account.seal, until: Date.now() + BELIEVED_MS });
    return account;
  }

  /** An account as it is now; null where it is no more. */
  async find(name: string): Promise<Account | null> {
    const configured = this.#ifConfigured(name);
    if (configured) return configured;
    const found = (await this.#read()).get(name);
    return found ? accountOf(found) : null;
  }

  /** Its password is part of what all sessions are signed with: they need no seal of it. */
  #ifConfigured(name: string): Account | null {
    return sameText(name, this.#configured.name) ? { name, role: 'operator', seal: '' } : null;
  }

  async #read({ anew = false } = {}): Promise<ReadonlyMap<string, OpsAccount>> {
    if (!anew && performance.now() - this.#readAt < this.#freshMs) return this.#recorded;
    try {
      const accounts = await opsAccounts(this.#database);
      this.#recorded = new Map(accounts.map((account) => [account.name, account]));
    } catch (error) {
      this.#log.warn({ err: error }, 'the accounts of the page could not be read; those read last hold');
    }
    this.#readAt = performance.now();
    return this.#recorded;
  }
}

/** The hash has a salt of its own, so that nothing can be told from the seal, and no two are the same. */
function accountOf({ name, role, password }: OpsAccount): Account {
  return { name, role, seal: createHash('sha256').update(password).digest('base64url') };
}
