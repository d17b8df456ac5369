import { INBOX, OUTBOX } from '../../../../shared/volume/layout.ts';
import type { Saying } from './conversation.ts';

/** What an agent is told once, in front of the first message of a session. */
export const PREFACE = [
  `[About this conversation: you talk with a person in a chat. Your working directory is this conversation’s own folder.`,
  `Files that the person sends are in \`${INBOX}/\`. To give the person a file, put it into \`${OUTBOX}/\`: it is sent as soon as`,
  `it is written. Nothing else that you write is seen by the person, beside your answer. The person’s message follows.]`,
].join(' ');

/** To an agent that was answering when it, or the connection to it, broke down; it may have kept the message. */
export const SAME_MESSAGE = [
  `[The next message is one that you may have seen already: your answer to it broke off. It is one message, not two.`,
  `Check what you have done already before you do anything a second time.]`,
].join(' ');

/**
 * What was said before, to an agent that does not know it. @returns undefined where nothing was.
 * @param transcript without the message that is being sent.
 */
export function recollection(transcript: readonly Saying[]): string | undefined {
  if (transcript.length === 0) return undefined;
  const lines = transcript.map(({ role, text, interrupted }) => {
    const name = role === 'user' ? 'Person' : 'You';
    return `${name}: ${text}${interrupted ? ' [This answer was interrupted here.]' : ''}`;
  });
  return [
    '[You do not remember this conversation any more. This is what was said before, for you to know; do not answer it again:]',
    ...lines,
    '[End of what was said before.]',
  ].join('\n\n');
}
