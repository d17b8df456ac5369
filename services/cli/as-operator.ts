import { userInfo } from 'node:os';
import { type Act, type Audited, audited, type Outcome } from '../../shared/operate/audited.ts';
import type { Deed } from '../../shared/store/ops-audit.ts';
import type { Database } from '../../shared/store/postgres.ts';

/** Who is at the command line, as the machine knows them. */
export function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container, a number may be all that there is.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

/**
 * Does something as the operator at the command line, written down in the same audit as what is done on the page.
 * @throws what `work` throws, once that is written down, too.
 */
export async function asOperator(
  database: Database,
  deed: Omit<Deed, 'by'> & { readonly act: Act },
  work: () => Promise<Outcome>,
): Promise<Exclude<Audited, { error: unknown }>> {
  const result = await audited(database, { ...deed, by: `${ownName()} (command line)` }, work);
  if ('error' in result) throw result.error;
  return result;
}
