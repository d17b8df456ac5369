import { closeOpenMarkup } from './close-open-markup.ts';
import {
  editContent,
  fits,
  type Mark,
  type Mentions,
  type MessageContent,
  textFields,
  threadRelation,
} from './matrix-content.ts';
import type { AnswerMessage } from './port.ts';

/**
 * An answer's message as Matrix shows it: a live notice while it streams, a text that names the person who asked when
 * it is over. A first post takes it as it is, an edit wraps it by `editContent`; both are within an event's size.
 */
export function answerContent(message: AnswerMessage): MessageContent {
  const streaming = message.state === 'streaming';
  const content: MessageContent = {
    msgtype: streaming ? 'm.notice' : 'm.text',
    ...textFields(fullText(message)),
    'm.mentions': mentionsOf(message),
    'dev.surfaces': markOf(message),
    ...(streaming ? { 'org.matrix.msc4357.live': {} } : {}),
    ...threadRelation(message.thread, message.inResponseTo),
  };
  if (fits(editContent('$'.padEnd(44, 'x'), content))) return content;
  const { format: _format, formatted_body: _html, ...plain } = content;
  return plain;
}

function fullText({ text, state, status, note }: AnswerMessage): string {
  if (state === 'streaming') return joinParagraphs(closeOpenMarkup(text), status);
  // Cut off anywhere, it is closed before more is said; the last line counts as whole, so that its words stay.
  const whole = state === 'done' ? text.trimEnd() : closeOpenMarkup(`${text}\n`);
  return joinParagraphs(whole, note);
}

function joinParagraphs(...paragraphs: (string | undefined)[]): string {
  // A message has to have a body, also where nothing is to be seen yet.
  return paragraphs.filter(Boolean).join('\n\n') || '…';
}

/** Only the end of an answer that somebody waits for may make a phone buzz: not its draft, not one that was stopped. */
function mentionsOf({ state, last, asker }: AnswerMessage): Mentions {
  return last && asker !== undefined && (state === 'done' || state === 'failed') ? { user_ids: [asker] } : {};
}

function markOf(message: AnswerMessage): Mark {
  return {
    op: message.op,
    kind: 'answer',
    ...(message.inResponseTo === undefined ? {} : { in_response_to: message.inResponseTo }),
    state: message.state,
    part: message.part,
    last: message.last,
    ...(message.code === undefined ? {} : { code: message.code }),
  };
}
