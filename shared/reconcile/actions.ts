import type { RoomId, UserId } from '../ids/ids.ts';
import type { RoomState } from '../matrix/room-state.ts';
import type { Missing } from './facts.ts';

/**
 * One thing that is to be mended. Each may be done again without harm, and none destroys anything: nothing is deleted from
 * the record, nobody is removed from a room, no message is touched.
 */
export type Action =
  /** The record takes over a room that Matrix has. */
  | {
      readonly do: 'adopt';
      readonly room: RoomId;
      readonly state: RoomState;
      readonly name: string | null;
      readonly namedBy: 'nobody' | 'question' | 'person';
    }
  /** The record says something else of a room than our own state in it. */
  | { readonly do: 'correct'; readonly room: RoomId; readonly state: RoomState }
  /** A person gave the room this name by hand. */
  | { readonly do: 'rename'; readonly room: RoomId; readonly name: string }
  /** The bot is not in the room any more. Its owner is told at their next command. */
  | { readonly do: 'mark_gone'; readonly room: RoomId; readonly owner: UserId }
  /** It is in it again. */
  | { readonly do: 'mark_back'; readonly room: RoomId; readonly owner: UserId }
  /** Which Space is a person's; null where they have none any more. */
  | { readonly do: 'set_space'; readonly person: UserId; readonly space: RoomId | null }
  | { readonly do: 'link'; readonly space: RoomId; readonly room: RoomId }
  | { readonly do: 'unlink'; readonly space: RoomId; readonly room: RoomId }
  /** A Space beside a person's own is left, once nothing of ours is in it. */
  | { readonly do: 'leave_space'; readonly space: RoomId; readonly owner: UserId; readonly kept: RoomId }
  /** The invitation that a creation which was interrupted did not come to. */
  | { readonly do: 'invite'; readonly room: RoomId; readonly person: UserId }
  /** A room of ours that has none of our state: it gets it, and with it a session. */
  | { readonly do: 'claim'; readonly room: RoomId; readonly owner: UserId }
  /** The conversation goes on in the room that took this one's place. */
  | { readonly do: 'follow'; readonly room: RoomId; readonly successor: RoomId; readonly owner: UserId }
  /** The owner is told what the bot may not do there, and what to change. */
  | {
      readonly do: 'tell_power';
      readonly room: RoomId;
      readonly owner: UserId;
      readonly missing: readonly Missing[];
      readonly powerEvent: string;
    }
  /** Nobody is there any more who could read the answers that wait. */
  | { readonly do: 'stop'; readonly room: RoomId; readonly owner: UserId };

/** What an operator may want to know, and what nothing is done about. */
export type Note =
  | { readonly note: 'forged'; readonly room: RoomId; readonly by: UserId }
  | { readonly note: 'without_space'; readonly person: UserId; readonly rooms: number }
  | { readonly note: 'unknown_room'; readonly room: RoomId }
  /** Two rooms bear one session: it stays that of the other one, and this one is left as it is. */
  | { readonly note: 'twin'; readonly room: RoomId; readonly of: RoomId }
  /** The homeserver does not tell the room's state: what belongs to its owner is left as it is. */
  | { readonly note: 'unreadable'; readonly room: RoomId };

export type Plan = { readonly actions: readonly Action[]; readonly notes: readonly Note[] };
