import type { EventId, OpId, RoomId, UserId } from '../ids/ids.ts';
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
  /** The first event of the thread that it stands in; what is said about it goes there, too. */
  readonly thread?: EventId;
  /** It was found in Matrix when the record had been lost, and is not to be run: what is said in its place. */
  readonly late?: Late;
};

/** `leftOut`: it and what is older has no answer and gets none, so many in all. `begun`: its answer is left streaming. */
export type Late = { readonly leftOut: number; readonly orMore: boolean } | { readonly begun: readonly BegunPart[] };

/** A message of an answer that still streams, with the text that stands in it. */
export type BegunPart = {
  readonly op: OpId;
  readonly part: number;
  readonly id: EventId;
  readonly text: string;
};

/**
 * A message for the agent: text, a file, or a file with its caption. Lane `room/<room>`, queue `turns`; with a file first
 * `attachments`, whose workers hand it over.
 */
export type MessageItem = OfItem & {
  readonly type: 'message';
  readonly text: string;
  /** `/me …`: an action, not speech. */
  readonly emote?: true;
  readonly mentions: readonly UserId[];
  readonly replyTo?: EventId;
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
  /** Whom it names, where it names somebody. */
  readonly mentions?: readonly UserId[];
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

/**
 * Somebody is in a room no more (`leave`, `ban`): the bot, whom somebody else put out, or a member. Lane `control/<room>`,
 * queue `commands`.
 */
export type MembershipItem = OfItem & {
  readonly type: 'membership';
  readonly user: UserId;
  readonly membership: Membership;
};

/** Somebody changed a room in their client: its name, that it is encrypted, or that another room takes its place. Lane `control/<room>`. */
export type ChangedItem = OfItem & {
  readonly type: 'changed';
  readonly what: 'name' | 'encryption' | 'tombstone';
  /** The new name, or the room that takes this one's place; absent where there is none. */
  readonly value?: string;
};

/** A message was edited; the edit itself is an amendment of the target's item. Lane `control/<room>`. */
export type EditedItem = OfItem & { readonly type: 'edited'; readonly target: EventId };

/**
 * A command that its person has confirmed: `ask` is the question, `event` the `!yes`. Lane `room/<room>`, queue `commands`, in
 * the place that ingress keeps for it there; the worker that runs the `!yes` puts it in. `ask` is empty until then.
 */
export type ConfirmedItem = OfItem & { readonly type: 'confirmed'; readonly ask: string };

/** The time of a question is over. Lane `control/<room>`; put there by the sweep of questions. */
export type ExpiredItem = OfItem & { readonly type: 'expired'; readonly ask: string };

/**
 * A file that is to go out: `op` is its row. Lane `files/<room>`, queue `attachments`, so that a large one holds up
 * nothing but the turn that offered it. Put there by the worker that follows the turn.
 */
export type UploadItem = OfItem & { readonly type: 'upload'; readonly op: OpId };

/**
 * Something that the comparison of Matrix with the record found and that is to be mended in Matrix. Lane
 * `person/<owner>`, so that nothing else makes or changes rooms of that person meanwhile; put there by the reconcile worker.
 * `room` is the one it is about, `sender` its owner, `mend` an action of shared/reconcile/actions.ts.
 */
export type MendItem = OfItem & { readonly type: 'mend'; readonly mend: { readonly do: string } };

/** A message that is encrypted: it cannot be read, and its sender is to be told. Lane `control/<room>`. */
export type EncryptedItem = OfItem & { readonly type: 'encrypted' };

/**
 * The body of a lane item: plain JSON. An edit of an item that has not started replaces the body and leaves the item in
 * its lane and queue, so that a `turns` item may come to hold a command, and a `commands` item a message: whoever runs an
 * item looks at `type`, not at its queue.
 */
export type WorkItem =
  | MessageItem
  | CommandItem
  | InviteItem
  | MembershipItem
  | ChangedItem
  | EncryptedItem
  | EditedItem
  | ConfirmedItem
  | ExpiredItem
  | MendItem
  | UploadItem;
export type WorkQueue = 'turns' | 'commands' | 'attachments';
