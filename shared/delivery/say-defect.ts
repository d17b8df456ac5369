import { codeOf, SurfacesError } from '../errors/surfaces-error.ts';
import { type EventId, opId } from '../ids/ids.ts';
import type { LaneItem, Send } from '../lane/lane.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import type { Log } from '../runtime/log.ts';
import type { LiveMessage } from '../store/live-messages.ts';
import type { Database } from '../store/postgres.ts';
import { liveMessages } from '../store/turn-context.ts';
import type { AnswerMessage, Chat, Utterance } from '../surface/port.ts';
import { say } from '../texts/say.ts';
import { spokenBy } from './language.ts';
import { saying, toSends } from './utterances.ts';

type DefectDeps = {
  readonly database: Database;
  /** The item's room. */
  readonly chat: Chat;
  /** Aborted when the lane is lost. */
  readonly lost: AbortSignal;
  readonly log: Log;
};

/**
 * An item that our code cannot handle still gets its one visible, final error, with an id to search the log for. Where an
 * answer had begun, the error takes the place of its draft: the text is lost with the defect, the live flag is cleared.
 * @throws SurfacesError where the record or the homeserver is away.
 */
export async function sayDefect(
  item: LaneItem<WorkItem>,
  error: unknown,
  { database, chat, lost, log }: DefectDeps,
): Promise<Send[]> {
  const { room, event, type, sender } = item.body;
  const id = opId('defect', event).slice(0, 8);
  log.error({ err: error, id, room, event, code: codeOf(error) }, 'an item ended with an internal error');
  const note = say(await spokenBy(sender, database), 'internal', { id });
  if (type !== 'message') return toSends([saying('command', item.body, note, 'internal')]);
  const { thread } = item.body;
  const place = { inResponseTo: event, asker: sender, ...(thread === undefined ? {} : { thread }) };
  const live = await liveMessages(database, event);
  const parts: Pick<LiveMessage, 'op' | 'part' | 'id'>[] = [];
  for (const begun of live) parts.push({ ...begun, id: await idOf(begun, place, { chat, lost }) });
  if (parts.length === 0) parts.push({ op: opId('answer', event, 1), part: 1, id: null });
  return toSends(
    parts.map(({ op, part, id: replaces }, index): Utterance => {
      const last = index === parts.length - 1;
      const common = { type: 'answer', op, part, last, ...place } as const;
      return {
        chat: room,
        ...(replaces === null ? {} : { replaces }),
        say: last
          ? { ...common, text: '', note, state: 'failed', code: 'internal' }
          : { ...common, text: '…', state: 'done' },
      };
    }),
  );
}

/**
 * A message whose first words may have gone out: the same post again tells its id. The final text alone would be a second
 * message, beside a draft that is live for ever.
 */
async function idOf(
  { op, part, id, ageMs }: LiveMessage,
  place: Pick<AnswerMessage, 'inResponseTo' | 'asker' | 'thread'>,
  { chat, lost }: Pick<DefectDeps, 'chat' | 'lost'>,
): Promise<EventId | null> {
  if (id !== null) return id;
  const draft = (): AnswerMessage => ({ op, part, text: '…', state: 'streaming', last: false, ...place });
  try {
    return (await chat.post(op, draft, { ageMs, signal: lost })) as EventId;
  } catch (error) {
    // Nothing can be said there any more; the final text is still tried.
    if (error instanceof SurfacesError && error.disposition === 'permanent') return null;
    throw error;
  }
}
