import { spokenBy } from '../../../shared/delivery/language.ts';
import { toSends } from '../../../shared/delivery/utterances.ts';
import { opId, type RoomId } from '../../../shared/ids/ids.ts';
import type { Send } from '../../../shared/lane/lane.ts';
import { tellOnce } from '../../../shared/store/people.ts';
import { roomToTellIn } from '../../../shared/store/rooms.ts';
import type { Language } from '../../../shared/texts/detect-language.ts';
import type { MendCall, MendParts } from './mending.ts';

/**
 * Tells the owner something about a room, once for each `code`: there, or in their DM, or in another room of theirs. Who has
 * none is not told, and may be at a later run.
 */
export async function tellOwner(
  { about, owner }: MendCall,
  { room, code, there = false }: { readonly room: RoomId; readonly code: string; readonly there?: boolean },
  { database }: Pick<MendParts, 'database'>,
  textIn: (language: Language) => string | Promise<string>,
): Promise<Send[]> {
  const chat = there ? room : await roomToTellIn(database, owner, room);
  if (chat === null || !(await tellOnce(database, room, owner, code, about.event))) return [];
  const text = await textIn(await spokenBy(owner, database));
  return toSends([{ chat, say: { type: 'saying', op: opId('mend', about.event), kind: 'notice', text } }]);
}
