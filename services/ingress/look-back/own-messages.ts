import type { EventId, UserId } from '../../../shared/ids/ids.ts';
import { decodeOwnEvent, type OwnEvent } from '../../../shared/matrix/own-event.ts';

/** A message of ours as it stands, its newest edit counted. `eventId` is its first event, whether that was seen or not. */
export type OwnMessage = Omit<OwnEvent, 'target'> & {
  /** Edits of it that were seen. */
  readonly edits: number;
};

/**
 * Our messages in a stretch of a room's timeline. An edit counts over its original wherever the original stands; of two
 * edits the later one in the timeline.
 */
export function ownMessages(events: readonly unknown[], self: UserId): OwnMessage[] {
  const messages = new Map<EventId, OwnMessage>();
  for (const event of events) {
    const own = decodeOwnEvent(event, self);
    if (!own) continue;
    const { target, ...saying } = own;
    const id = target ?? own.eventId;
    const known = messages.get(id);
    const edits = (known?.edits ?? 0) + (target ? 1 : 0);
    const newest = target === undefined && known ? known : { ...saying, eventId: id };
    const originTs = known ? Math.min(known.originTs, own.originTs) : own.originTs;
    messages.set(id, { ...newest, edits, originTs });
  }
  return [...messages.values()];
}

/** It is the end of its answer, and nothing of that will change any more. */
export function endsAnswer({ kind, state, last }: OwnMessage): boolean {
  return kind === 'answer' && last && state !== undefined && state !== 'streaming';
}
