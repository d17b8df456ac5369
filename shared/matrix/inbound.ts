import type { EventId, RoomId, UserId } from '../ids/ids.ts';

/** An encrypted file of the `EncryptedFile` shape (spec, “Sending encrypted attachments”), checked in its parts. */
export type EncryptedFileKey = { readonly k: string; readonly iv: string; readonly sha256: string };

export type InboundFile = {
  /** `mxc://…` */
  readonly url: string;
  readonly name: string;
  /** What the sender says; neither type nor size can be relied on. */
  readonly mimetype?: string;
  readonly size?: number;
  readonly encrypted?: EncryptedFileKey;
};

/** What a message or an edit's new content says. */
export type MessageBody = {
  /** The text; of a file its caption, or empty. */
  readonly text: string;
  readonly msgtype: string;
  /** User ids of `m.mentions`. */
  readonly mentions: readonly UserId[];
  readonly file?: InboundFile;
};

type OfRoom = {
  readonly eventId: EventId;
  readonly roomId: RoomId;
  readonly sender: UserId;
  /** What the sender's homeserver says, milliseconds since the epoch; never used for ordering. */
  readonly originTs: number;
};

/** An event, decoded once at the edge. What does not concern us is `ignored`; what cannot be understood, `rejected`. */
export type Inbound =
  | (OfRoom & MessageBody & { readonly kind: 'message'; readonly replyTo?: EventId; readonly thread?: EventId })
  /** That sender and target's sender are the same is for the worker to check, which has the target. */
  | (OfRoom & MessageBody & { readonly kind: 'edit'; readonly target: EventId; readonly thread?: EventId })
  | (OfRoom & { readonly kind: 'redaction'; readonly target: EventId })
  | (OfRoom & {
      readonly kind: 'member';
      readonly user: UserId;
      readonly membership: Membership;
      readonly previous?: Membership;
    })
  | (OfRoom & { readonly kind: 'encrypted' })
  | (OfRoom & {
      readonly kind: 'state';
      readonly type: string;
      readonly stateKey: string;
      /** Of a name the name, of a tombstone the room that takes this one's place. */
      readonly value?: string;
    })
  | (OfRoom & {
      readonly kind: 'invite';
      readonly direct: boolean;
      readonly space: boolean;
      readonly encryptedRoom: boolean;
    })
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'rejected'; readonly key: string; readonly roomId?: RoomId; readonly reason: string };

export const MEMBERSHIPS = ['invite', 'join', 'knock', 'leave', 'ban'] as const;
export type Membership = (typeof MEMBERSHIPS)[number];
