import { asEventId, asRoomId, type EventId, type OpId, type RoomId, type UserId } from '../ids/ids.ts';
import { findByOp } from '../matrix/find-by-op.ts';
import { findEdit } from '../matrix/find-edit.ts';
import type { MatrixHttp } from '../matrix/http.ts';
import { type Sender, txnIdOf } from '../matrix/sends.ts';
import { answerContent } from '../surface/answer-content.ts';
import { fileContent } from '../surface/file-content.ts';
import { editContent, sayingContent } from '../surface/matrix-content.ts';
import type { Chat, Utterance } from '../surface/port.ts';
import { DEFAULT_PART_BYTES } from '../surface/split.ts';

/** Synapse forgets transaction ids after 24 h; with half of that to spare, older sends are looked for in the room first. */
const TXN_TRUSTED_MS = 12 * 3_600_000;

const MESSAGE = 'm.room.message';

export type MatrixChatDeps = {
  readonly sender: Sender;
  readonly http: MatrixHttp;
  /** The bot. */
  readonly self: UserId;
  readonly maxEdits: number;
};

/** The Matrix side of the surface port: one room. A message's op gives its transaction ids: `open`, one for each edit, `final`. */
export function matrixChat(room: RoomId, deps: MatrixChatDeps): Chat {
  const { sender, self, maxEdits } = deps;
  return {
    id: room,
    limits: { maxPartBytes: DEFAULT_PART_BYTES, maxEdits },
    sendMs: () => sender.stats().sendMs,
    async post(op, draft, { ageMs, signal }) {
      const known = await sentLongAgo(room, { op: op as OpId }, ageMs, deps);
      if (known) return known;
      return sender.sendEvent({
        room,
        type: MESSAGE,
        txnId: txnIdOf(op as OpId, 'open'),
        priority: 'first',
        content: () => answerContent(draft()),
        signal,
      });
    },
    async edit(id, op, key, draft, signals) {
      const content = () => {
        const message = draft();
        return message && editContent(id, answerContent(message));
      };
      const txnId = txnIdOf(op as OpId, key);
      return (await sender.sendEvent({ room, type: MESSAGE, txnId, priority: 'middle', content, ...signals })) !== null;
    },
    async say(utterance, options) {
      await sayInMatrix(utterance, options, deps);
    },
    typing: (on) => void sender.typing(room, self, on),
  };
}

/**
 * Sends what an utterance says, under a transaction id that only depends on its message.
 * @throws what `Sender.sendEvent` throws.
 */
export async function sayInMatrix(
  { chat, say, replaces, key = 'final' }: Utterance,
  { ageMs, signal }: { readonly ageMs: number; readonly signal?: AbortSignal },
  deps: MatrixChatDeps,
): Promise<EventId> {
  const room = asRoomId(chat);
  const content = contentOf(say, replaces);
  const what =
    replaces === undefined ? { op: say.op as OpId } : { target: asEventId(replaces), mark: content['dev.surfaces'] };
  const known = await sentLongAgo(room, what, ageMs, deps);
  if (known) return known;
  const txnId = txnIdOf(say.op as OpId, key);
  return deps.sender.sendEvent({ room, type: MESSAGE, txnId, priority: 'first', content, signal });
}

function contentOf(say: Utterance['say'], replaces: string | undefined) {
  if (say.type === 'file') return fileContent(say);
  const content = say.type === 'answer' ? answerContent(say) : sayingContent(say);
  return replaces === undefined ? content : editContent(asEventId(replaces), content);
}

/**
 * A send that may be older than the homeserver's memory of transaction ids is looked for among our own events: sent again, a
 * message would be there twice, and an edit would give one that has ended another end.
 */
async function sentLongAgo(
  room: RoomId,
  what: { readonly op: OpId } | Parameters<typeof findEdit>[2],
  ageMs: number,
  { http, self }: MatrixChatDeps,
): Promise<EventId | undefined> {
  if (ageMs <= TXN_TRUSTED_MS) return undefined;
  const back = { self, sinceMs: Date.now() - ageMs };
  return 'op' in what ? findByOp(http, room, what.op, back) : findEdit(http, room, what, back);
}
