import type { EventId, RoomId, UserId } from '../ids/ids.ts';
import type { InboundFile, Membership } from './inbound.ts';

type OfItem = {
  readonly v: 1;
  readonly room: RoomId;
  /** Who wrote, invited, or changed the membership. */
  readonly sender: UserId;
  readonly event: EventId;
  readonly originTs: number;
  /** When ingress took it in, milliseconds since the epoch. */
  readonly receivedTs: number;
};

/** A message for the agent: text, a file, or a file with its caption. Lane `room/<room>`, queue `turns`. */
export type MessageItem = OfItem & {
  readonly type: 'message';
  readonly text: string;
  /** `/me …`: an action, not speech. */
  readonly emote?: true;
  readonly mentions: readonly UserId[];
  readonly replyTo?: EventId;
  readonly thread?: EventId;
  readonly file?: InboundFile;
  /** The body of an edit, which took the original's place before its start; `event` is the edit's own. */
  readonly editOf?: EventId;
};

/** A command, by its canonical name in lower case; `text` is all that was written. */
export type CommandItem = OfItem & {
  readonly type: 'command';
  readonly name: string;
  readonly rest: string;
  readonly text: string;
  readonly replyTo?: EventId;
  readonly editOf?: EventId;
};

/** The bot was invited. Lane `person/<inviter>`, queue `commands`. */
export type InviteItem = OfItem & {
  readonly type: 'invite';
  readonly direct: boolean;
  readonly space: boolean;
  readonly encryptedRoom: boolean;
};

/** Somebody else put the bot out of a room (`leave`, `ban`). Lane `control/<room>`, queue `commands`. */
export type MembershipItem = OfItem & {
  readonly type: 'membership';
  readonly user: UserId;
  readonly membership: Membership;
};

/** A message that is encrypted: it cannot be read, and its sender is to be told. Lane `control/<room>`. */
export type EncryptedItem = OfItem & { readonly type: 'encrypted' };

/**
 * The body of a lane item: plain JSON. An edit of an item that has not started replaces the body and leaves the item in
 * its lane and queue, so that a `turns` item may come to hold a command, and a `commands` item a message: whoever runs an
 * item looks at `type`, not at its queue.
 */
export type WorkItem = MessageItem | CommandItem | InviteItem | MembershipItem | EncryptedItem;
export type WorkQueue = 'turns' | 'commands';
