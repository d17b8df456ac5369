import { putState, stateContent } from '../../shared/matrix/rooms.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import { type Room, recordName } from '../../shared/store/rooms.ts';
import { nameAfter } from '../../shared/surface/name-after.ts';
import type { TurnDeps } from './turn-deps.ts';

type NamingDeps = Pick<TurnDeps, 'http' | 'database' | 'log'>;

/** One after the other: when fifty rooms begin at once, their answers are what the homeserver should be busy with. */
let naming = Promise.resolve();

/**
 * Names a room that nobody named after its owner's first question, once that is answered; nothing waits for it. Recorded
 * after it is done, so that a kill in between gives the same name again; should it fail, the next question names the room.
 */
export function nameRoom(room: Room, { sender, text }: MessageItem, deps: NamingDeps): void {
  const name = room.namedBy === 'nobody' && sender === room.owner ? nameAfter(text) : null;
  if (name === null) return;
  naming = naming
    .then(() => rename(room, name, deps))
    .catch((error: unknown) =>
      deps.log.warn({ err: error, room: room.roomId }, 'a room was not named after its first question'),
    );
}

/** A name that is not the one we gave comes from a person, who may have given it a moment ago. */
async function rename({ roomId, name: given }: Room, name: string, { http, database }: NamingDeps): Promise<void> {
  const now = await stateContent(http, roomId, 'm.room.name', '');
  if (given !== null && now?.name !== given && now?.name !== name) return;
  await putState(http, roomId, 'm.room.name', '', { name });
  await recordName(database, roomId, name, 'question');
}
