import type { AccountRole } from './visitor.ts';

/** Names of people, or of groups; `*` is everybody. */
export type Allowed = { readonly operators: readonly string[]; readonly readers: readonly string[] };

/** What somebody of these names may do; null: nothing. */
export function roleAmong({ operators, readers }: Allowed, names: readonly string[]): AccountRole | null {
  const isIn = (list: readonly string[]) => list.includes('*') || names.some((name) => list.includes(name));
  return isIn(operators) ? 'operator' : isIn(readers) ? 'reader' : null;
}
