import { type Allowed, roleAmong } from './allowed.ts';
import type { Claims } from './oidc.ts';
import type { AccountRole } from './visitor.ts';

export type PersonSettings = {
  /** Says who somebody is. */
  readonly claim: string;
  /** Says which groups they are in; with it, `allowed` names groups. Empty: there are none. */
  readonly groupsClaim: string;
  readonly allowed: Allowed;
};

export type Person = { readonly name: string; readonly values: readonly string[] };

/** Who somebody is by their claims, or why that cannot be said. */
export function personOf(
  claims: Claims,
  { claim, groupsClaim }: PersonSettings,
): Person | { readonly problem: string } {
  const name = claims[claim];
  if (typeof name !== 'string' || !/^[^\p{Cc}]{1,200}$/u.test(name))
    return { problem: `it says nothing that can be used under “${claim}” (OPS_OIDC_CLAIM)` };
  if (claim === 'email' && claims.email_verified !== true)
    return { problem: `it has not verified that ${name} is theirs` };
  if (groupsClaim === '') return { name, values: [name] };
  const groups = claims[groupsClaim];
  const values = (Array.isArray(groups) ? groups : [groups]).filter((group) => typeof group === 'string');
  return { name, values };
}

/** Addresses are compared without regard to case, as people write them; everything else as it is. */
export function roleOfPerson(
  values: readonly string[],
  { claim, groupsClaim, allowed }: PersonSettings,
): AccountRole | null {
  if (claim !== 'email' || groupsClaim !== '') return roleAmong(allowed, values);
  const lower = (list: readonly string[]) => list.map((value) => value.toLowerCase());
  return roleAmong({ operators: lower(allowed.operators), readers: lower(allowed.readers) }, lower(values));
}
