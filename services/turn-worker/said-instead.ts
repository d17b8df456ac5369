import { spokenBy } from '../../shared/delivery/language.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import { opId } from '../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import { type GapItem, isGap } from '../../shared/matrix/gap-item.ts';
import type { BegunPart, CommandItem, MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Utterance } from '../../shared/surface/port.ts';
import { say } from '../../shared/texts/say.ts';

/**
 * What stands in a room's lane and is no turn: what was left out when the record was lost, an answer that is closed, a gap.
 * Null where it is ordinary work. An edit that came meanwhile changes nothing of it.
 */
export async function saidInstead(item: LaneItem<WorkItem>, database: Database): Promise<Send[] | null> {
  // A gap is no item of the other queues' workers, so it is none of `WorkItem`.
  const body = (item.original ?? item.body) as WorkItem | GapItem;
  if (isGap(body)) {
    const text = say(await spokenBy(body.sender, database), 'gap');
    // In response to nothing: what was asked is not known.
    const op = opId('notice', body.event, body.room);
    return toSends([{ chat: body.room, say: { type: 'saying', op, kind: 'notice', text } }]);
  }
  const { late } = body;
  if (late === undefined) return null;
  const written = 'text' in body ? body.text : '';
  const language = await spokenBy(body.sender, database, written);
  if ('begun' in late) return toSends(closing(body, late.begun, say(language, 'interrupted_long_ago')));
  const { leftOut: count, orMore } = late;
  const text = orMore ? say(language, 'too_old_or_more', { count }) : say(language, 'too_old', { count });
  return toSends([saying('notice', body, text, 'too_old')]);
}

/** What stands there stays; the last part says what happened. */
function closing(
  { room, event, sender, thread }: Pick<MessageItem | CommandItem, 'room' | 'event' | 'sender' | 'thread'>,
  parts: readonly BegunPart[],
  note: string,
): Utterance[] {
  return parts.map(({ op, part, id, text }, index): Utterance => {
    const last = index === parts.length - 1;
    const message = { op, text, part, last, inResponseTo: event, asker: sender, ...(thread && { thread }) };
    return {
      chat: room,
      replaces: id,
      say: {
        type: 'answer',
        ...message,
        ...(last ? { state: 'failed', note, code: 'interrupted' } : { state: 'done' }),
      },
    };
  });
}
