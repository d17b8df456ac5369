import type { Question } from '../store/questions.ts';
import type { Utterance } from '../surface/port.ts';
import { dateTime } from '../texts/formats.ts';
import { say } from '../texts/say.ts';

type How = 'permission_how' | 'permission_how_always' | 'confirmation_how';

/** The message of a question: `text` says what would happen; how to answer, who may, and until when, stands below it. */
export function questionMessage(question: Question, text: string): Utterance {
  const { language, number, subject, person, expiresAt } = question;
  // The first open question needs no number: a bare yes means it, as long as it is alone.
  const how = (key: How) => (number > 1 ? say(language, `${key}_numbered`, { number }) : say(language, key));
  const always = subject.kind === 'permission' && subject.alwaysOffered;
  const lines = [
    how(subject.kind === 'permission' ? 'permission_how' : 'confirmation_how'),
    ...(always ? [how('permission_how_always')] : []),
  ];
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
  const { id, roomId, cause, thread, subject } = question;
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
      // An agent may ask long after its person has looked away.
      ...(subject.kind === 'permission' && outcome === undefined ? { attention: true as const } : {}),
      ...(outcome ? { outcome } : {}),
    },
  };
}
