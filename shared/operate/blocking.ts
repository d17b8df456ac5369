import { block, unblock } from '../store/blocked.ts';
import type { Database } from '../store/postgres.ts';
import type { Outcome } from './audited.ts';

/** Whether this is a person (`@ann:example.org`) or everybody of a homeserver (`*:example.org`). */
export function canBeBlocked(subject: string): boolean {
  return /^(@[^:\s]*|\*):[^\s]+$/.test(subject) && subject.length <= 255 && !subject.includes('\0');
}

/** From now on they may not use the bot. */
export async function shutOut(
  database: Database,
  { subject, reason, by }: { subject: string; reason: string | null; by: string },
): Promise<Outcome> {
  return (await block(database, { subject, reason, by }))
    ? {
        state: 'done',
        text: 'they are blocked: what they write from now on is not answered, and they are told once in each room',
      }
    : { state: 'nothing', text: 'they were blocked already; the first reason stands' };
}

export async function letIn(database: Database, subject: string): Promise<Outcome> {
  return (await unblock(database, subject))
    ? {
        state: 'done',
        text: 'they are not blocked any more; what they wrote meanwhile is not answered, they can send it again',
      }
    : { state: 'nothing', text: 'they were not blocked' };
}
