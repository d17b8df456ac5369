import { isAllowed } from '../../shared/delivery/allow.ts';
import { roomLink } from '../../shared/delivery/links.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import { tellOnce } from '../../shared/store/people.ts';
import { lastChatOf } from '../../shared/store/rooms.ts';
import type { Circumstances } from '../../shared/store/turn-context.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';
import { isAddressed } from './addressed.ts';
import type { Quoted } from './quoted.ts';
import type { TurnDeps } from './turn-deps.ts';

/** Why a message does not reach the agent: with a text, what the person is told; without one, nothing (they were told before). */
export type Refusal = { readonly code: ErrorCode; readonly text: string | null };

/** Whether a message in this room may become a turn; null: it may. */
export async function refusalOf(
  message: MessageItem,
  { room, guests, blocked }: Circumstances,
  quoted: Quoted | null,
  language: Language,
  { database, allow, self, names }: Pick<TurnDeps, 'database' | 'allow' | 'self' | 'names'>,
): Promise<Refusal | null> {
  const once = async (code: ErrorCode, text: string): Promise<Refusal> => {
    const tell = await tellOnce(database, message.room, message.sender, code, message.event);
    return { code, text: tell ? text : null };
  };
  if (blocked || !isAllowed(message.sender, allow)) return once('not_allowed', say(language, 'not_allowed'));
  if (room === null || room.kind !== 'chat' || room.sessionId === null) {
    const chat = await lastChatOf(database, message.sender);
    const text = chat
      ? say(language, 'use_room', {
          room: chat.name ?? say(language, 'first_room_name'),
          room_link: roomLink(chat.roomId, message.sender),
        })
      : say(language, 'use_room_none');
    return { code: 'use_room', text };
  }
  if (message.sender !== room.owner && !guests.includes(message.sender))
    return once('not_allowed', say(language, 'not_allowed_guest', { owner: room.owner }));
  // People who talk with one another are left alone.
  if (guests.length > 0 && !isAddressed(message, quoted, self, names)) return { code: 'not_allowed', text: null };
  if (room.state === 'archived') return { code: 'archived', text: say(language, 'archived') };
  return null;
}
