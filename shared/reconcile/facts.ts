import type { RoomId, UserId } from '../ids/ids.ts';
import type { RoomState } from '../matrix/room-state.ts';
import type { Room } from '../store/rooms.ts';

/** What a power level is missing for, where the bot may not do all that it has to. */
export type Missing = 'state' | 'links' | 'messages' | 'invitations';

/** A room that the bot is in, as Matrix has it. */
export type SeenRoom = {
  readonly roomId: RoomId;
  /** Our own state in it; null where there is none that the bot wrote. */
  readonly own: RoomState | null;
  /** Who has written such a state in our place: it counts for nothing. */
  readonly forgedBy: UserId | null;
  readonly isSpace: boolean;
  readonly createdBy: UserId;
  /** Milliseconds since 1970, by the homeserver's clock. */
  readonly createdAt: number;
  /** Null where it has none that a person could read. */
  readonly name: { readonly value: string; readonly by: UserId } | null;
  /** Of everybody but the bot who ever had one. */
  readonly memberships: Readonly<Record<UserId, 'join' | 'invite' | 'leave' | 'ban' | 'knock'>>;
  /** Rooms that it links to as a Space. */
  readonly children: readonly RoomId[];
  /** The room that has taken its place. */
  readonly successor: RoomId | null;
  readonly missing: readonly Missing[];
  /** The event that says who may do what: what is missing is told once for each of it. */
  readonly powerEvent: string;
};

/** A room in the record. */
export type RecordedRoom = Pick<Room, 'roomId' | 'kind' | 'owner' | 'sessionId' | 'state' | 'name' | 'namedBy'> & {
  /** It was found that the bot is not in it any more, or cannot go on in what took its place. */
  readonly gone: boolean;
  /** Messages wait in its lane. */
  readonly waiting: boolean;
};

export type RecordedPerson = { readonly userId: UserId; readonly spaceId: RoomId | null };

/** What Matrix says and what the record says, at one moment. Matrix is the authority. */
export type Facts = {
  readonly self: UserId;
  readonly seen: readonly SeenRoom[];
  /** The bot is in these, and the homeserver does not tell their state. */
  readonly unreadable?: readonly RoomId[];
  readonly rooms: readonly RecordedRoom[];
  readonly people: readonly RecordedPerson[];
  /** Power events of which the owner was told. */
  readonly told: ReadonlySet<string>;
};
