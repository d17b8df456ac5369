import { serverOf, type UserId } from './ids.ts';

/** Whether `who` names a person: `@user:server`, `*:server` or `*`. */
export function fits(user: UserId, who: string): boolean {
  return who === '*' || who === user || who === `*:${serverOf(user)}`;
}
