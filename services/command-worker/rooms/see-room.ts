import { field, textField } from '../../../shared/config/json.ts';
import type { RoomId } from '../../../shared/ids/ids.ts';
import { isRefusal } from '../../../shared/matrix/http-error.ts';
import { roomState } from '../../../shared/matrix/rooms.ts';
import type { SeenRoom } from '../../../shared/reconcile/facts.ts';
import { readRoom } from '../../../shared/reconcile/gather/room-facts.ts';
import type { CommandParts } from '../command.ts';

/**
 * A room as Matrix has it now, by one request; null where the bot is not in it. A homeserver also tells the state of a room
 * that one has left, as it was then: that it can be read means nothing.
 */
export async function seeRoom(
  room: RoomId,
  { http, self }: Pick<CommandParts, 'http' | 'self'>,
): Promise<SeenRoom | null> {
  try {
    const state = await roomState(http, room);
    const member = (event: unknown) =>
      textField(event, 'type') === 'm.room.member' && textField(event, 'state_key') === self;
    if (textField(field(state.find(member), 'content'), 'membership') !== 'join') return null;
    return readRoom(room, state, self);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}
