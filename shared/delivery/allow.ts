import type { UserId } from '../ids/ids.ts';
import { fits } from '../ids/who.ts';

/** Whether the entries of SURFACES_ALLOW (`@user:server`, `*:server`, `*`) let a person use the bot. */
export function isAllowed(user: UserId, allow: readonly string[]): boolean {
  return allow.some((who) => fits(user, who));
}
