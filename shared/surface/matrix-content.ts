import { withoutHalfCharacter } from './half-character.ts';
import { renderMarkdown } from './markdown.ts';
import type { AnswerState, Saying } from './port.ts';

/** What stands under `dev.surfaces` in every event that we send: an interface to outside programs. */
export type Mark = {
  readonly op: string;
  readonly kind: 'answer' | 'notice' | 'command' | 'permission' | 'file';
  readonly in_response_to?: string;
  readonly state?: AnswerState;
  readonly part?: number;
  readonly last?: boolean;
  readonly code?: string;
  readonly ask?: string;
  readonly outcome?: 'allowed' | 'rejected' | 'expired';
};

export type Mentions = { readonly user_ids?: readonly string[] };

/** The content of an `m.room.message`. */
export type MessageContent = {
  readonly msgtype: 'm.text' | 'm.notice';
  readonly body: string;
  readonly format?: 'org.matrix.custom.html';
  readonly formatted_body?: string;
  readonly 'm.mentions': Mentions;
  readonly 'dev.surfaces': Mark;
  /** MSC4357: this message is still being written. */
  readonly 'org.matrix.msc4357.live'?: Record<string, never>;
  readonly 'm.relates_to'?: ThreadRelation;
};

/** Client-server API, “Threading”: clients that know no threads show a reply to the message instead. */
export type ThreadRelation = {
  readonly rel_type: 'm.thread';
  readonly event_id: string;
  readonly is_falling_back: true;
  readonly 'm.in_reply_to': { readonly event_id: string };
};

/** The content of an event that replaces the text of an earlier one. */
export type EditContent = Omit<MessageContent, 'm.relates_to'> & {
  readonly 'm.new_content': MessageContent;
  readonly 'm.relates_to': { readonly rel_type: 'm.replace'; readonly event_id: string };
};

/** What clients that know no edits show instead, in characters. */
const FALLBACK_LENGTH = 200;
/** 65,536 bytes for the whole event, less what the homeserver adds: ids, hashes, signatures, references. */
const MAX_CONTENT_BYTES = 60_000;

/** The edit that gives the message under `eventId` (its original event, not an earlier edit) this content. */
export function editContent(eventId: string, content: MessageContent): EditContent {
  // Where a message stands is decided by its first event; an edit of it carries no relation but its own.
  const { 'm.relates_to': _thread, ...fresh } = content;
  const { format: _format, formatted_body: _html, ...plain } = fresh;
  const start = withoutHalfCharacter(content.body.slice(0, FALLBACK_LENGTH));
  return {
    ...plain,
    body: start.length < content.body.length ? `* ${start.trimEnd()}…` : `* ${start}`,
    'm.new_content': fresh,
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
  };
}

/** What the bot says of its own accord, in reply to a command, or for an agent that asks. */
export function sayingContent(saying: Saying): MessageContent {
  const { op, kind, text, inResponseTo, thread, code, attention, ask, outcome } = saying;
  return {
    // Push rules pass over notices. A mention would be no help: clients paint the whole message for it.
    msgtype: attention === undefined ? 'm.notice' : 'm.text',
    ...textFields(text),
    'm.mentions': {},
    'dev.surfaces': {
      op,
      kind,
      ...(inResponseTo === undefined ? {} : { in_response_to: inResponseTo }),
      ...(code === undefined ? {} : { code }),
      ...(ask === undefined ? {} : { ask }),
      ...(outcome === undefined ? {} : { outcome }),
    },
    ...threadRelation(thread, inResponseTo),
  };
}

/** The relation that puts a new message into a thread. */
export function threadRelation(
  thread: string | undefined,
  inResponseTo: string | undefined,
): Pick<MessageContent, 'm.relates_to'> {
  if (thread === undefined) return {};
  const reply = { event_id: inResponseTo ?? thread };
  return {
    'm.relates_to': { rel_type: 'm.thread', event_id: thread, is_falling_back: true, 'm.in_reply_to': reply },
  };
}

/** Whether a content, sent as it is, stays within what Matrix takes of one event. */
export function fits(content: object): boolean {
  return Buffer.byteLength(JSON.stringify(content)) <= MAX_CONTENT_BYTES;
}

/** Body and HTML of a Markdown text, as the fields of a content. */
export function textFields(markdown: string): Pick<MessageContent, 'body' | 'format' | 'formatted_body'> {
  const { body, html } = renderMarkdown(markdown);
  return html === null ? { body } : { body, format: 'org.matrix.custom.html', formatted_body: html };
}
