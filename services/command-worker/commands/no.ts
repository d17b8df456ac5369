import { answerQuestion } from '../answer-question.ts';
import type { Command } from '../command.ts';

/** What an agent is told of a reason, in characters. */
const LONGEST_REASON = 1_000;

/** `!no [number] [reason]` */
export const noCommand: Command = {
  name: 'no',
  where: 'anywhere',
  by: 'everybody',
  run(call, parts) {
    const [, digits, rest = ''] = /^(?:#?(\d{1,4})(?=$|\s))?\s*([\s\S]*)$/.exec(call.rest) ?? [];
    const reason = rest.trim().slice(0, LONGEST_REASON).toWellFormed() || null;
    return answerQuestion(call, { settlement: 'rejected', number: digits ? Number(digits) : null, reason }, parts);
  },
};
