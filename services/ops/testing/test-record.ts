import { toSends } from '../../../shared/delivery/utterances.ts';
import { type EventId, laneOf, opId, type RoomId, type SessionId, type UserId } from '../../../shared/ids/ids.ts';
import { intake, type Page } from '../../../shared/lane/intake.ts';
import { LeaseKeeper } from '../../../shared/lane/lease.ts';
import { type RunContext, runLane } from '../../../shared/lane/run-lane.ts';
import type { WorkItem } from '../../../shared/matrix/work-item.ts';
import { recordOpened, reserveLiveMessage } from '../../../shared/store/live-messages.ts';
import { putPerson } from '../../../shared/store/people.ts';
import type { Database } from '../../../shared/store/postgres.ts';
import { putRoom } from '../../../shared/store/rooms.ts';
import type { TurnCourse } from '../../../shared/store/turn-course.ts';
import type { AnswerMessage } from '../../../shared/surface/port.ts';

const QUIET = { warn() {}, error() {} };

const COURSE: TurnCourse = {
  worker: 'turn-worker-1',
  epoch: 1,
  startedAt: 0,
  queuedMs: 0,
  resumed: false,
  waits: 0,
  heardFirstMs: null,
  heardLastMs: null,
  drafts: [],
  moreDrafts: 0,
  limited: 0,
  endedMs: 0,
};

export type Answering = Partial<Pick<AnswerMessage, 'state' | 'code' | 'text'>> & {
  readonly course?: Partial<TurnCourse>;
  /** Thrown instead of an answer. */
  readonly throws?: Error;
  /** What the homeserver says to the answer. */
  readonly refused?: Error;
  readonly meanwhile?: (context: RunContext) => Promise<void>;
};

/** For tests: fills a record by what the roles themselves use, with people, rooms, and turns that end as they are told. */
export function testRecord(database: Database) {
  let [rooms, events, pages] = [0, 0, 0];
  const leases = new LeaseKeeper({ sql: database.run, holder: 'turn-worker-1/a', leaseMs: 60_000, log: QUIET });
  const take = async (page: Partial<Page>) => {
    pages += 1;
    const from = pages === 1 ? '' : `p${pages - 1}`;
    await intake(database.run, { source: 'test', from, to: `p${pages}`, items: [], ...page });
  };
  return {
    take,
    async room(name: string | null, owner: UserId, fields: { kind?: 'chat' | 'space'; state?: 'archived' } = {}) {
      rooms += 1;
      const roomId = `!room${rooms}:example.org` as RoomId;
      await putPerson(database, { userId: owner });
      const { kind = 'chat', state = 'active' } = fields;
      const sessionId = kind === 'chat' ? (`chat-${rooms}` as SessionId) : null;
      await putRoom(database, { roomId, kind, owner, sessionId, state, name }, opId('room', rooms));
      return roomId;
    },
    /** Takes in a message, or what `body` says of it; `lane`: where it goes. */
    async ask(room: RoomId, sender: UserId, text = 'what people write', body: object = {}, lane = laneOf.room(room)) {
      events += 1;
      const event = `$event${events}` as EventId;
      const head = {
        v: 1,
        type: 'message',
        room,
        sender,
        event,
        originTs: Date.now() - 40,
        receivedTs: Date.now() - 5,
      };
      const item = { ...head, text, mentions: [], ...body } as unknown as WorkItem;
      const queue = item.type === 'message' ? 'turns' : 'commands';
      await take({ items: [{ key: event, lane, queue, body: item }] });
      return event;
    },
    /** Runs the head of a room’s lane. @returns the answer’s event and operation. */
    async answer(room: RoomId, how: Answering = {}) {
      const { state = 'done', code, text = 'what agents answer', course, throws, refused, meanwhile } = how;
      let said: { op: string; id: EventId } | undefined;
      await runLane<WorkItem>({
        lane: laneOf.room(room),
        queue: 'turns',
        sql: database.run,
        leases,
        wake: async () => {},
        run: async ({ body: { event, sender }, lane }, context) => {
          await meanwhile?.(context);
          if (throws) throw throws;
          const op = opId('answer', event, 1);
          const id = `$answer-to-${event.slice(1)}` as EventId;
          said = { op, id };
          const { epoch } = context;
          await reserveLiveMessage(database, { op, roomId: room, cause: event, part: 1, edits: 8, lane, epoch });
          await recordOpened(database, op, id);
          const place = { op, text, state, part: 1, last: true, inResponseTo: event, asker: sender };
          const say = { type: 'answer' as const, ...place, ...(code && { code }) };
          const [send] = toSends([{ chat: room, say, replaces: id }]);
          return [
            { ...send!, body: { ...(send!.body as object), ...(course && { course: { ...COURSE, ...course } }) } },
          ];
        },
        deliver: async () => {
          if (refused) throw refused;
        },
        onDefect: () => [],
        log: QUIET,
      });
      return said!;
    },
  };
}

export type TestRecord = ReturnType<typeof testRecord>;
