import { describe, SurfacesError } from '../errors/surfaces-error.ts';
import type { LaneItem } from '../lane/lane.ts';
import { NotYet } from '../lane/not-yet.ts';
import type { Around, LaneOutcome } from '../lane/run-lane.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import type { QueueName } from '../queue/queues.ts';
import type { Log } from '../runtime/log.ts';
import type { Span } from '../runtime/span.ts';
import { openSpan, placeOfEvent, recordSpan } from '../runtime/tracing.ts';
import { currentWork, inWork, type Work } from '../runtime/work.ts';
import type { Utterance } from '../surface/port.ts';

const NAMES = { turns: 'turn', commands: 'command', attachments: 'file' } as const satisfies Record<QueueName, string>;

/** What the one line at an item's end says of how it ended. */
const ENDS: Partial<Record<LaneOutcome, string>> = {
  waiting: 'waits',
  elsewhere: 'handed over',
  lost: 'left to another worker',
};

type Begun = Parameters<Around<WorkItem>>[1];

/**
 * Runs an item as a piece of work: every log line on the way carries its room and event, its spans are in the trace of the
 * event, and one line at its end says how it went and how long that took.
 * @param wokenAt when its wake was sent, epoch milliseconds.
 */
export async function asItemWork(
  item: LaneItem<WorkItem>,
  begun: Begun,
  work: () => Promise<LaneOutcome>,
  { queue, wokenAt, log }: { readonly queue: QueueName; readonly wokenAt: number; readonly log: Log },
): Promise<LaneOutcome> {
  const { room, event, type } = item.body;
  const span = spanOf(item, begun, queue);
  const ids = {
    room,
    event,
    op: item.body.type === 'upload' ? item.body.op : undefined,
    trace_id: span?.place.traceId,
  };
  return inWork(
    ids,
    async (current) => {
      let outcome: LaneOutcome = 'lost';
      try {
        outcome = await work();
        return outcome;
      } finally {
        const { context, takenAt } = begun;
        const fields = {
          type,
          ...current.end?.fields,
          why: outcome === 'elsewhere' ? undefined : current.why,
          queued_ms: takenAt - item.receivedAt,
          waited_ms: Math.max(0, takenAt - wokenAt),
          total_ms: Date.now() - takenAt,
          limited: current.limited,
          epoch: context.epoch,
          ...(context.resumed && { resumed: true }),
        };
        const isUnready = outcome === 'waiting' && current.why === NotYet.name;
        log[isUnready ? 'debug' : 'info'](fields, lineOf(outcome, current, queue));
        span?.set({ outcome, why: current.why, limited: current.limited, code: codeIn(current) });
        span?.end(codeIn(current));
      }
    },
    span?.place,
  );
}

/** Remembers why a run did not come to its end, for the line. */
export async function notingWhy<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const work = currentWork();
    if (work)
      work.why = error instanceof SurfacesError ? error.code : error instanceof Error ? error.name : describe(error);
    throw error;
  }
}

/** What an earlier holder left unsaid is said as part of the event that it answers. */
export function asLeftover<T>({ chat, say }: Utterance, run: () => Promise<T>): Promise<T> {
  if (currentWork()) return run();
  const event = say.inResponseTo;
  return inWork({ room: chat, event, op: say.op }, run, event === undefined ? undefined : placeOfEvent(event));
}

/** The item's own span, with what came before it: the wait in the inbox, and the taking of the lane. */
function spanOf(item: LaneItem<WorkItem>, { context, askedAt, takenAt }: Begun, queue: QueueName): Span | undefined {
  const parent = placeOfEvent(item.body.event);
  if (!parent) return undefined;
  const { room, event, type } = item.body;
  const attributes = { room, event, lane: item.lane, queue };
  if (!context.resumed && context.waits === 0)
    recordSpan('wait in the inbox', attributes, { parent, from: item.receivedAt, to: askedAt });
  recordSpan('take the lane', { lane: item.lane, epoch: context.epoch }, { parent, from: askedAt, to: takenAt });
  const { epoch, resumed, waits } = context;
  return openSpan(NAMES[queue], { ...attributes, type, epoch, resumed, waits }, { parent, at: takenAt });
}

function lineOf(outcome: LaneOutcome, { end }: Work, queue: QueueName): string {
  if (outcome !== 'done') return `${NAMES[queue]} ${ENDS[outcome] ?? outcome}`;
  return end?.message ?? (queue === 'turns' ? 'no turn came of it' : `${NAMES[queue]} ended`);
}

function codeIn({ end }: Work): string | undefined {
  const code = end?.fields.code;
  return typeof code === 'string' ? code : undefined;
}
