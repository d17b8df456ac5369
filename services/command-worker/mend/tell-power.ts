import { powerText } from '../rooms/power-text.ts';
import { seeRoom } from '../rooms/see-room.ts';
import type { Mend } from './mending.ts';
import type { MendingOf } from './read-action.ts';
import { tellOwner } from './tell-owner.ts';

/** What the bot may not do in a room, and what to change: told once for each change of who may do what. */
export const tellPower: Mend<MendingOf<'tell_power'>> = async ({ room, powerEvent }, call, parts) => {
  const seen = await seeRoom(room, parts);
  if (seen?.own?.owner !== call.owner || seen.powerEvent !== powerEvent || seen.missing.length === 0) return [];
  const there = seen.own.kind === 'chat' && !seen.missing.includes('messages');
  const telling = { room, code: `power ${powerEvent}`, there };
  return tellOwner(call, telling, parts, (language) => powerText(seen, language, parts.self));
};
