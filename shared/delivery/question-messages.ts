import type { Question } from '../store/questions.ts';
import type { Utterance } from '../surface/port.ts';
import { dateTime } from '../texts/formats.ts';
import { say } from '../texts/say.ts';

/** The message of a question: `text` says what would happen; how to answer, who may, and until when, stands below it. */
export function questionMessage(question: Question, text: string): Utterance {
  const { language, number, subject, person, expiresAt } = question;
  const which = number > 1 ? ` ${number}` : '';
  const always = subject.kind === 'permission' && subject.alwaysOffered;
  const how = say(language, subject.kind === 'permission' ? 'permission_how' : 'confirmation_how', { which });
  const lines = [how, ...(always ? [say(language, 'permission_how_always', { which })] : [])];
  const until = say(language, 'question_until', { person, until: dateTime(language, expiresAt) });
  return utterance(question, `${text}\n\n${[...lines, until].join(' ')}`);
}

/** What takes the question's place once it is settled. */
export function outcomeMessage(question: Question): Utterance {
  const { language, title, state, always, subject } = question;
  if (state === 'open') throw new TypeError('an open question has no outcome');
  const key = subject.kind === 'permission' ? (`permission_${state}` as const) : (`confirmation_${state}` as const);
  const text =
    state === 'allowed' && always
      ? say(language, 'permission_allowed_always', { title })
      : say(language, key, { title });
  return utterance(question, text, state);
}

function utterance(question: Question, text: string, outcome?: 'allowed' | 'rejected' | 'expired'): Utterance {
  const { id, roomId, person, cause, thread, subject } = question;
  return {
    chat: roomId,
    ...(outcome ? { key: 'outcome' } : {}),
    say: {
      type: 'saying',
      op: id,
      kind: subject.kind === 'permission' ? 'permission' : 'command',
      text,
      inResponseTo: cause,
      ...(thread === null ? {} : { thread }),
      ask: id,
      // An agent may ask long after its person has looked away: their phone is to buzz.
      ...(subject.kind === 'permission' && outcome === undefined ? { attention: person } : {}),
      ...(outcome ? { outcome } : {}),
    },
  };
}
