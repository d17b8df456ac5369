import { closeOpenMarkup } from './close-open-markup.ts';
import { editContent, fits, type Mark, type Mentions, type MessageContent, textFields } from './matrix-content.ts';
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
  };
  if (fits(editContent('$'.padEnd(44, 'x'), content))) return content;
  const { format: _format, formatted_body: _html, ...plain } = content;
  return plain;
}

function fullText(message: AnswerMessage): string {
  if (message.state !== 'streaming') return joinParagraphs(message.text.trimEnd(), message.note);
  return joinParagraphs(closeOpenMarkup(message.text), message.status);
}

function joinParagraphs(...paragraphs: (string | undefined)[]): string {
  return paragraphs.filter((paragraph) => paragraph !== undefined && paragraph !== '').join('\n\n');
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
