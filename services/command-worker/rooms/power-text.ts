import { roomLink } from '../../../shared/delivery/links.ts';
import type { UserId } from '../../../shared/ids/ids.ts';
import type { SeenRoom } from '../../../shared/reconcile/facts.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import { say } from '../../../shared/texts/say.ts';
import { roomName } from './listed.ts';

/** What the bot may not do in a room that it has to, and how a person gives it the power for it. */
export function powerText(
  { roomId, name, isSpace, missing }: Pick<SeenRoom, 'roomId' | 'name' | 'isSpace' | 'missing'>,
  language: Language,
  self: UserId,
): string {
  const things = missing.map((each) => say(language, `missing_${each}`)).join(', ');
  const room = roomName({ name: name?.value ?? null }, language);
  const values = { room, room_link: roomLink(roomId, self), things, bot: self };
  return say(language, isSpace ? 'power_in_space' : 'power_in_room', values);
}
