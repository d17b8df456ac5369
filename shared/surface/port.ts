import type { ErrorCode } from '../errors/codes.ts';

/**
 * What the core needs of a place where people chat, and all it knows of it. See README.md in this folder for what a second
 * surface implements.
 */

/** `streaming` grows on; the other three are final. */
export type AnswerState = 'streaming' | 'done' | 'failed' | 'stopped';

/** One message of an answer, whole, as it is to stand in the chat now. A rolled-over answer has several. */
export type AnswerMessage = {
  /** The operation id: the same for the first post and every edit of this message. */
  readonly op: string;
  /** Markdown, as the agent wrote it; this part of it alone. */
  readonly text: string;
  readonly state: AnswerState;
  /** Counted from 1. */
  readonly part: number;
  /** True on the part that ends the answer. */
  readonly last: boolean;
  /** The message that is answered, in the surface's own ids. */
  readonly inResponseTo?: string;
  /** The first message of the thread that the answer belongs into. */
  readonly thread?: string;
  /** Who asked. A surface calls this person's attention to the last part of an answer that is done or has failed. */
  readonly asker?: string;
  /** What the agent does just now, in the person's language. Shown while the answer streams, and never after. */
  readonly status?: string;
  /** What is to be said after the text: why it failed, that it was stopped. */
  readonly note?: string;
  /** Of the error table, where the state is `failed`. */
  readonly code?: string;
};

/** Numbers, not behaviour: what the core adapts to. */
export type SurfaceLimits = {
  /** UTF-8 bytes of Markdown that one message takes; what is more rolls over. */
  readonly maxPartBytes: number;
  /** Edits of one message, the final one included; 0 where a message cannot be edited. */
  readonly maxEdits: number;
};

/** What the bot says of its own accord (`notice`), in reply to a command, or for an agent that asks (`permission`). */
export type Saying = {
  readonly op: string;
  readonly kind: 'notice' | 'command' | 'permission';
  /** Markdown. */
  readonly text: string;
  readonly inResponseTo?: string;
  /** The first message of the thread that it belongs into. */
  readonly thread?: string;
  readonly code?: ErrorCode;
  /** It is to be noticed by whoever is not looking. */
  readonly attention?: true;
  /** It is a question: its id, under which it is answered. */
  readonly ask?: string;
  /** The question has been settled, and this text takes its message's place. */
  readonly outcome?: 'allowed' | 'rejected' | 'expired';
};

/** A file that is shown as what it is. Sizes in bytes, pixels and milliseconds. */
export type FileMessage = {
  readonly op: string;
  readonly name: string;
  readonly shownAs: 'image' | 'audio' | 'video' | 'file';
  readonly mime: string;
  readonly size: number;
  /** Where it is uploaded, in the surface's own way of saying so. */
  readonly reference: string;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  readonly thumbnail?: {
    readonly reference: string;
    readonly mime: string;
    readonly size: number;
    readonly width: number;
    readonly height: number;
  };
  readonly inResponseTo?: string;
  readonly thread?: string;
};

/** Something final to be said in a chat, as it lies in the record until it is said. Plain JSON. */
export type Utterance = {
  readonly chat: string;
  readonly say:
    | ({ readonly type: 'answer' } & AnswerMessage)
    | ({ readonly type: 'saying' } & Saying)
    | ({ readonly type: 'file' } & FileMessage);
  /** The surface's id of the message whose text this replaces; without it, it is a new one. */
  readonly replaces?: string;
  /** What tells apart the things that are said in one message, one after the other; `final` where there is only one. */
  readonly key?: string;
};

/** One place to talk in. Who the core talks to there is the surface's affair. */
export type Chat = {
  readonly id: string;
  readonly limits: SurfaceLimits;
  /** How long the surface takes for one send just now, in milliseconds. */
  readonly sendMs: () => number;
  /**
   * The first words of a message. Repeating it with the same `op` says nothing twice and gives the same id, also from
   * another process; `ageMs` is how long ago it may have been said first. Goes before every edit of a draft. The draft
   * is asked for at the moment when it goes out: before that, nothing was said.
   */
  post(
    op: string,
    draft: () => AnswerMessage,
    options: { readonly ageMs: number; readonly signal?: AbortSignal },
  ): Promise<string>;
  /**
   * A newer draft of a message. It is asked for at the moment when it can go out, so that the newest text wins; null
   * leaves it out. Asked again before each further try of the same edit: null ends them. `key` is unique among the edits of
   * this message. `signal` drops one that waits; `lost` also gives up one that is on its way. @returns whether it went out.
   */
  edit(
    id: string,
    op: string,
    key: string,
    draft: () => AnswerMessage | null,
    signals: { readonly signal: AbortSignal; readonly lost: AbortSignal },
  ): Promise<boolean>;
  /** Says something final. Repeating it with the same message says nothing twice. */
  say(utterance: Utterance, options: { readonly ageMs: number; readonly signal?: AbortSignal }): Promise<void>;
  /** A courtesy: it may be late, or dropped; it never throws. */
  typing(on: boolean): void;
};
