import { answerQuestion } from '../answer-question.ts';
import type { Command } from '../command.ts';

/** `!yes [number] [always]` */
export const yesCommand: Command = {
  name: 'yes',
  where: 'anywhere',
  by: 'everybody',
  run(call, parts) {
    const [, digits, word = ''] = /^(?:#?(\d{1,4})\b)?\s*(\S*)/.exec(call.rest) ?? [];
    const always = /^(always|всегда)$/i.test(word);
    return answerQuestion(call, { settlement: 'allowed', number: digits ? Number(digits) : null, always }, parts);
  },
};
