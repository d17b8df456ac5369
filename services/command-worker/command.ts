import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { LaneId, UserId } from '../../shared/ids/ids.ts';
import type { LaneItem, Wake } from '../../shared/lane/lane.ts';
import type { Stop, Stopped } from '../../shared/lane/stop.ts';
import type { Admission } from '../../shared/limits/admission.ts';
import type { Limits } from '../../shared/limits/limits.ts';
import type { CommandName } from '../../shared/matrix/command-placement.ts';
import type { MatrixHttp } from '../../shared/matrix/http.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { ListEntry, ListKind } from '../../shared/store/open-lists.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { ChatRoom, Room } from '../../shared/store/rooms.ts';
import type { Speaks } from '../../shared/store/turn-context.ts';
import type { Utterance } from '../../shared/surface/port.ts';
import type { Language } from '../../shared/texts/detect-language.ts';

/** What commands work with. */
export type CommandParts = {
  readonly database: Database;
  readonly http: MatrixHttp;
  /** The bot. */
  readonly self: UserId;
  readonly agent: AgentConnection;
  /** Who may use the bot: entries of SURFACES_ALLOW. */
  readonly allow: readonly string[];
  /** How many commands a person may give. */
  readonly admission: Pick<Admission, 'admitCommand'>;
  /** All commands that there are: what help is made from. */
  readonly commands: readonly Command[];
  readonly limits: {
    /** Rooms that a person may have, the archived ones not counted. */
    readonly rooms: number;
    /** What files may take, in bytes. */
    readonly roomBytes: number;
    readonly personBytes: number;
    /** What each person may do, before weights. */
    readonly people: Limits;
    readonly confirmMs: number;
    readonly listMs: number;
  };
  /** The shared volume. */
  readonly agentsDir: string;
  readonly wake: Wake;
  /** Of the run: once it aborts, nothing is waited for any more. */
  readonly signal: AbortSignal;
  /** Ends what runs in a lane, or drops what waits too; see shared/lane/stop.ts. */
  readonly stopWork: (stop: Stop) => Promise<Stopped>;
  /** Something that the head of a lane waits for has happened. */
  readonly nudge: (lane: LaneId | string) => Promise<void>;
  /** Puts an item of our own into a lane, once for each `key`: into the place that is kept for it, else behind all that is there. */
  readonly enqueue: (item: {
    readonly key: string;
    readonly lane: LaneId;
    readonly position: number;
    readonly body: WorkItem;
  }) => Promise<void>;
  readonly log: Log;
};

export type CommandCall = {
  readonly item: LaneItem<WorkItem>;
  /** The event that a reply answers: the command, the number that picked, or the `!yes` that confirmed. */
  readonly about: WorkItem;
  /** What was written behind the command, trimmed; of a confirmed command what it had asked to do. */
  readonly rest: string;
  /** The room it was given in; null where the bot did not make it and was not invited into it. */
  readonly room: Room | null;
  readonly person: UserId;
  readonly language: Language;
  readonly speaks: Speaks;
  readonly guests: readonly UserId[];
  /** The operator has shut this person out. */
  readonly blocked: boolean;
};

/** In a conversation: what a command that works on one gets. */
export type RoomCall = CommandCall & { readonly room: ChatRoom };

export type Reply = {
  /** Markdown; empty where there is nothing to say but what stands in `more`. */
  readonly text: string;
  readonly code?: ErrorCode;
  /** The command waits for a `!yes`: `title` says what would be done, `argument` is the `rest` of the confirmed call. */
  readonly confirm?: { readonly command: CommandName; readonly title: string; readonly argument: string };
  /** The numbered list that the text shows: until it closes, the person's next bare number picks from it. */
  readonly list?: { readonly kind: ListKind; readonly entries: readonly ListEntry[] };
  /** Said after the text, or before it where it changes an earlier message. */
  readonly more?: readonly Utterance[];
};

type CommandOf<Call> = {
  readonly name: CommandName;
  /** Whom it obeys beside a room's owner: those whom the owner lets ask, or everybody who is there. */
  readonly by?: 'guests' | 'everybody';
  /** It works in an archived room. `confirmed`: only what was confirmed, which has archived it where it runs again after a kill. */
  readonly inArchived?: true | 'confirmed';
  /** It is nothing without what stands behind it. */
  readonly needsArgument?: true;
  run(call: Call, parts: CommandParts): Promise<Reply>;
  /** What is done once the person has said yes to what `run` asked. In the lane of the room, in order. */
  confirmed?(call: Call, parts: CommandParts): Promise<Reply>;
  /** What a bare number does that picks an entry of the list that this command has shown; `list.kind` is its name. */
  picked?(call: Call, entry: ListEntry, parts: CommandParts): Promise<Reply>;
};

/**
 * A command is a value: parsing, running, help and `docs/COMMANDS.md` all come from it. Its words are in the catalogue
 * under `command_<name>_…`. It may be run again after a kill, with the same item: every step of it is to be safe to
 * repeat. `where: 'room'` are those that only make sense in a conversation.
 */
export type Command =
  | (CommandOf<CommandCall> & { readonly where: 'anywhere' })
  | (CommandOf<RoomCall> & { readonly where: 'room' });
