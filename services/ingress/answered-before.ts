import type { EventId, RoomId, UserId } from '../../shared/ids/ids.ts';
import type { Inbound } from '../../shared/matrix/inbound.ts';
import type { AdoptedMessage } from './look-back/adopt-live.ts';
import { isStreaming, readStretch } from './look-back/read-stretch.ts';
import type { PageContents } from './page-contents.ts';

/** The reason that the record keeps of an event which an earlier life has answered. */
export const ANSWERED_BEFORE = 'answered before';

/** What our own messages in a stretch tell of the rest of it, where the record may be older than Matrix. */
export type Answered = {
  readonly isDone: (event: EventId) => boolean;
  /** Messages of answers that go on. */
  readonly live: readonly AdoptedMessage[];
};

/** @param events oldest first, our own among them. */
export function answeredIn(room: RoomId, events: readonly unknown[], self: UserId): Answered {
  const { asked, begun, done } = readStretch(room, events, { self, receivedTs: 0 });
  const open = asked.map(({ key }) => key as EventId).filter((key) => !done.events.has(key));
  return {
    isDone: (event) => done.events.has(event),
    live: open.flatMap((key) => {
      const parts = begun.get(key) ?? [];
      return parts.some(isStreaming) ? parts.map((part) => ({ ...part, room })) : [];
    }),
  };
}

/** What we have answered, and the record has never heard of: it came out of a backup, however new that is. */
export function isOfOlderRecord({ rejects, live }: PageContents): boolean {
  return live.length > 0 || rejects.some(({ reason }) => reason === ANSWERED_BEFORE);
}

/** The event as it is taken in: recorded, and no work, where it was answered. */
export function unlessDone(event: Inbound, { isDone }: Answered): Inbound {
  if (event.kind !== 'message' && event.kind !== 'encrypted') return event;
  const { eventId: key, roomId } = event;
  return isDone(key) ? { kind: 'rejected', key, roomId, reason: ANSWERED_BEFORE } : event;
}
