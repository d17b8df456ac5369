import { outcomeMessage } from '../../shared/delivery/question-messages.ts';
import { confirmedItem } from '../../shared/matrix/confirmed-item.ts';
import { allowForGood } from '../../shared/store/allowances.ts';
import { tellOnce } from '../../shared/store/people.ts';
import { openQuestions, type Question, settleQuestion } from '../../shared/store/questions.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';
import type { CommandCall, CommandParts, Reply } from './command.ts';

export type Answer = {
  readonly settlement: 'allowed' | 'rejected';
  /** Which one, where several are open; null: the only one. */
  readonly number: number | null;
  readonly always?: boolean;
  readonly reason?: string | null;
};

/**
 * `!yes` and `!no`: the one question that is meant is settled, once, and what waited for it goes on. Who was not asked is
 * told so once; what they say changes nothing.
 */
export async function answerQuestion(call: CommandCall, answer: Answer, parts: CommandParts): Promise<Reply> {
  const { about, person, language } = call;
  const open = await openQuestions(parts.database, about.room, about.event);
  const mine = open.filter((question) => question.person === person);
  if (mine.length === 0) return nothingToAnswer(call, open.length > 0, parts);
  // Run again after a kill, it has answered already, and the same again is the same.
  const before = mine.find(({ settledBy }) => settledBy === about.event);
  const { number } = answer;
  const meant =
    before ??
    (number === null ? (mine.length === 1 ? mine[0] : undefined) : mine.find((each) => each.number === number));
  if (!meant && number !== null)
    return { text: say(language, 'no_such_question', { number }), code: 'nothing_waiting' };
  if (!meant) return { text: `${say(language, 'several_waiting')}\n\n${listOf(mine, language)}` };
  if (answer.always && !(meant.subject.kind === 'permission' && meant.subject.alwaysOffered))
    return {
      text:
        mine.length > 1
          ? say(language, 'always_not_offered_numbered', { number: meant.number })
          : say(language, 'always_not_offered'),
    };
  return settle(call, meant, answer, parts);
}

async function settle(call: CommandCall, meant: Question, answer: Answer, parts: CommandParts): Promise<Reply> {
  const { about, language } = call;
  const { settlement, always = false, reason = null } = answer;
  const question = await settleQuestion(parts.database, meant.id, settlement, about.event, { always, reason });
  if (!question) return { text: say(language, 'nothing_waiting'), code: 'nothing_waiting' };
  const more = [outcomeMessage(question)];
  const { subject, roomId, person, title } = question;
  if (subject.kind === 'permission') {
    if (always) await allowForGood(parts.database, roomId, person, title);
    await parts.nudge(subject.lane);
    const text =
      settlement === 'rejected' ? say(language, 'no_done') : say(language, always ? 'yes_done_always' : 'yes_done');
    return { text, more };
  }
  if (settlement === 'rejected') return { text: say(language, 'no_done_confirmation'), more };
  // What was confirmed is done, and answered, at the place that this `!yes` has in the order of the room.
  await parts.enqueue({ ...confirmedItem(about, question.id), position: call.item.position });
  return { text: '', more };
}

async function nothingToAnswer(call: CommandCall, somebodyElses: boolean, { database }: CommandParts): Promise<Reply> {
  const { about, person, room, guests, language } = call;
  const outsider = room?.kind === 'chat' && room.owner !== person && !guests.includes(person);
  if (!somebodyElses && !outsider) return { text: say(language, 'nothing_waiting'), code: 'nothing_waiting' };
  const code = somebodyElses ? 'not_yours' : 'not_allowed';
  const tell = await tellOnce(database, about.room, person, code, about.event);
  if (!tell) return { text: '' };
  return {
    text: somebodyElses ? say(language, 'not_yours') : say(language, 'not_allowed_guest', { owner: room!.owner }),
    code,
  };
}

function listOf(questions: readonly Question[], language: Language): string {
  return questions.map(({ number, title }) => say(language, 'question_line', { number, title })).join('\n');
}
