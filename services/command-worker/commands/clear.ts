import { opId, type SessionId } from '../../../shared/ids/ids.ts';
import { recordSession } from '../../../shared/store/rooms.ts';
import { say, sayPlain } from '../../../shared/texts/say.ts';
import { closeSession } from '../agent/close-session.ts';
import type { Command } from '../command.ts';
import { changeOwnState } from '../rooms/change-own-state.ts';
import { sessionOf } from '../rooms/ensure-room.ts';

/**
 * `!clear`, after a yes: a session of another id for this room, so that nothing of the old one can be reached from here.
 * The new id follows from the question, so that this may be killed and done again at any point.
 */
export const clearCommand: Command = {
  name: 'clear',
  where: 'room',
  async run({ room, language }) {
    const title = sayPlain(language, 'clear_title');
    return { text: say(language, 'clear_question'), confirm: { command: 'clear', title, argument: room.sessionId } };
  },
  async confirmed({ about, rest, room, language }, parts) {
    const { database, http, self } = parts;
    const ask = about.type === 'confirmed' ? about.ask : about.event;
    const fresh = sessionOf(opId('clear', ask));
    await changeOwnState(http, self, room.roomId, { session_id: fresh });
    const old = room.sessionId === fresh ? (rest as SessionId) : room.sessionId;
    await recordSession(database, room.roomId, fresh);
    await closeSession({ sessionId: old, roomId: room.roomId }, parts);
    return { text: say(language, 'clear_done') };
  },
};
