import type { EventId, RoomId, UserId } from '../../../shared/ids/ids.ts';
import { type Classified, classify } from '../../../shared/matrix/classify.ts';
import { decodeTimelineEvent } from '../../../shared/matrix/decode.ts';
import { endsAnswer, type OwnMessage, ownMessages } from './own-messages.ts';
import { type AskedItem, type Done, whatIsDone } from './what-is-done.ts';

type Amendment = Extract<Classified, { to: 'amendment' }>;

/** What a stretch of a room's timeline tells: what people asked for, and what became of it. */
export type Stretch = {
  /** Messages, commands and what could not be read, oldest first. */
  readonly asked: readonly AskedItem[];
  readonly amendments: readonly Amendment[];
  readonly done: Done;
  /** Answers that have been begun and not ended, by what they respond to: all of their messages, in the order of parts. */
  readonly begun: ReadonlyMap<EventId, readonly OwnMessage[]>;
};

const ASKED = new Set(['message', 'command', 'encrypted']);

/** @param events of any shape, oldest first, our own among them; one that is there twice counts where it came first. */
export function readStretch(
  room: RoomId,
  events: readonly unknown[],
  { self, receivedTs }: { readonly self: UserId; readonly receivedTs: number },
): Stretch {
  const asked = new Map<string, AskedItem>();
  const amendments = new Map<string, Amendment>();
  for (const event of events) {
    for (const placed of classify(decodeTimelineEvent(room, event), self, receivedTs)) {
      if (placed.to === 'item' && ASKED.has(placed.body.type) && !asked.has(placed.key)) asked.set(placed.key, placed);
      if (placed.to === 'amendment' && !amendments.has(placed.key)) amendments.set(placed.key, placed);
    }
  }
  const ours = ownMessages(events, self);
  const questions = [...asked.values()];
  return {
    asked: questions,
    amendments: [...amendments.values()],
    done: whatIsDone(questions, ours),
    begun: begunAnswers(ours),
  };
}

function begunAnswers(ours: readonly OwnMessage[]): Map<EventId, OwnMessage[]> {
  const begun = new Map<EventId, OwnMessage[]>();
  for (const own of ours) {
    if (own.kind !== 'answer' || own.inResponseTo === undefined) continue;
    begun.set(own.inResponseTo, [...(begun.get(own.inResponseTo) ?? []), own]);
  }
  for (const [question, parts] of begun) {
    if (parts.some(endsAnswer) && !parts.some(isStreaming)) begun.delete(question);
    else parts.sort((one, other) => one.part - other.part);
  }
  return begun;
}

export function isStreaming({ kind, state }: OwnMessage): boolean {
  return kind === 'answer' && (state === undefined || state === 'streaming');
}
