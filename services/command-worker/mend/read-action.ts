import { z } from '../../../shared/config/zod.ts';
import { asRoomId, asUserId, type RoomId, type UserId } from '../../../shared/ids/ids.ts';
import type { Action } from '../../../shared/reconcile/actions.ts';

/** What is mended in Matrix, or said: the other kinds of actions are done in the record alone. */
export type Mending = Extract<
  Action,
  { readonly do: 'link' | 'unlink' | 'leave_space' | 'invite' | 'claim' | 'follow' | 'tell_power' | 'stop' }
>;
export type MendingOf<Do extends Mending['do']> = Extract<Mending, { readonly do: Do }>;

const room = z.string().transform((text, context): RoomId => branded(text, asRoomId, context));
const user = z.string().transform((text, context): UserId => branded(text, asUserId, context));

const MENDING = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('link'), space: room, room }),
  z.strictObject({ do: z.literal('unlink'), space: room, room }),
  z.strictObject({ do: z.literal('leave_space'), space: room, owner: user, kept: room }),
  z.strictObject({ do: z.literal('invite'), room, person: user }),
  z.strictObject({ do: z.literal('claim'), room, owner: user }),
  z.strictObject({ do: z.literal('follow'), room, successor: room, owner: user }),
  z.strictObject({
    do: z.literal('tell_power'),
    room,
    owner: user,
    missing: z.array(z.enum(['state', 'links', 'messages', 'invitations'])).min(1),
    powerEvent: z.string().min(1),
  }),
  z.strictObject({ do: z.literal('stop'), room, owner: user }),
]);

/** An action as it lies in the record, perhaps put there by another version of us; a text that says what is wrong with it. */
export function readAction(mend: unknown): Mending | string {
  const read = MENDING.safeParse(mend);
  return read.success ? read.data : z.prettifyError(read.error);
}

function branded<Id>(text: string, as: (text: string) => Id, context: z.RefinementCtx): Id {
  try {
    return as(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
}
