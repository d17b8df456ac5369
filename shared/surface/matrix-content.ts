import type { ErrorCode } from '../errors/codes.ts';
import { withoutHalfCharacter } from './half-character.ts';
import { renderMarkdown } from './markdown.ts';
import type { AnswerState } from './port.ts';

/** What stands under `dev.surfaces` in every event that we send: an interface to outside programs. */
export type Mark = {
  readonly op: string;
  readonly kind: 'answer' | 'notice' | 'command' | 'permission' | 'file';
  readonly in_response_to?: string;
  readonly state?: AnswerState;
  readonly part?: number;
  readonly last?: boolean;
  readonly code?: string;
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
};

/** The content of an event that replaces the text of an earlier one. */
export type EditContent = MessageContent & {
  readonly 'm.new_content': MessageContent;
  readonly 'm.relates_to': { readonly rel_type: 'm.replace'; readonly event_id: string };
};

/** What clients that know no edits show instead, in characters. */
const FALLBACK_LENGTH = 200;
/** 65,536 bytes for the whole event, less what the homeserver adds: ids, hashes, signatures, references. */
const MAX_CONTENT_BYTES = 60_000;

/** The edit that gives the message under `eventId` (its original event, not an earlier edit) this content. */
export function editContent(eventId: string, content: MessageContent): EditContent {
  const { format: _format, formatted_body: _html, ...plain } = content;
  const start = withoutHalfCharacter(content.body.slice(0, FALLBACK_LENGTH));
  return {
    ...plain,
    body: start.length < content.body.length ? `* ${start.trimEnd()}…` : `* ${start}`,
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
  };
}

export type Saying = {
  readonly op: string;
  /** Markdown. */
  readonly text: string;
  readonly inResponseTo?: string;
  readonly code?: ErrorCode;
};

/** What the bot says of its own accord: greetings, limits, refusals. */
export function noticeContent(saying: Saying): MessageContent {
  return sayingContent('notice', saying);
}

/** The reply to a command. */
export function commandContent(saying: Saying): MessageContent {
  return sayingContent('command', saying);
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

function sayingContent(kind: 'notice' | 'command', saying: Saying): MessageContent {
  return {
    msgtype: 'm.notice',
    ...textFields(saying.text),
    'm.mentions': {},
    'dev.surfaces': {
      op: saying.op,
      kind,
      ...(saying.inResponseTo === undefined ? {} : { in_response_to: saying.inResponseTo }),
      ...(saying.code === undefined ? {} : { code: saying.code }),
    },
  };
}
