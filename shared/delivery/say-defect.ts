import { codeOf } from '../errors/surfaces-error.ts';
import { opId } from '../ids/ids.ts';
import type { LaneItem, Send } from '../lane/lane.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import type { Log } from '../runtime/log.ts';
import type { Database } from '../store/postgres.ts';
import { liveMessages } from '../store/turn-context.ts';
import type { Utterance } from '../surface/port.ts';
import { say } from '../texts/say.ts';
import { spokenBy } from './language.ts';
import { saying, toSends } from './utterances.ts';

/**
 * An item that our code cannot handle still gets its one visible, final error, with an id to search the log for. Where an
 * answer had begun, the error takes the place of its draft: the text is lost with the defect, the live flag is cleared.
 */
export async function sayDefect(
  item: LaneItem<WorkItem>,
  error: unknown,
  database: Database,
  log: Log,
): Promise<Send[]> {
  const { room, event, type, sender } = item.body;
  const id = opId('defect', event).slice(0, 8);
  log.error({ err: error, id, room, event, code: codeOf(error) }, 'an item ended with an internal error');
  const note = say(await spokenBy(sender, database), 'internal', { id });
  if (type !== 'message') return toSends([saying('command', item.body, note, 'internal')]);
  const live = await liveMessages(database, event);
  const parts = live.length > 0 ? live : [{ op: opId('answer', event, 1), part: 1, id: null }];
  return toSends(
    parts.map((begun, index): Utterance => {
      const last = index === parts.length - 1;
      const common = { type: 'answer', op: begun.op, part: begun.part, inResponseTo: event, asker: sender } as const;
      return {
        chat: room,
        ...(begun.id === null ? {} : { replaces: begun.id }),
        say: last
          ? { ...common, text: '', note, state: 'failed', last, code: 'internal' }
          : { ...common, text: '…', state: 'done', last },
      };
    }),
  );
}
