import type { Entry } from '../entry.ts';

/** Questions, and how they end. */
export const QUESTIONS_EN = {
  permission_question: '**The agent asks for permission: {title}**',
  permission_how: '`!yes{which}` allows it this once, `!no{which}` does not.',
  permission_how_always: '`!yes{which} always` allows it from now on.',
  permission_allowed: '**Allowed:** {title}',
  permission_allowed_always: '**Allowed from now on:** {title}',
  permission_rejected: '**Not allowed:** {title}',
  permission_expired: '**Not answered in time, so not allowed:** {title}',
  confirmation_how: '`!yes{which}` does it, `!no{which}` leaves everything as it is.',
  confirmation_allowed: '**Confirmed:** {title}',
  confirmation_rejected: '**Not done:** {title}',
  confirmation_expired: '**Not confirmed in time, so not done:** {title}',
  question_until: 'Only {person} can answer, until {until}.',

  yes_done: 'Allowed. The agent goes on.',
  yes_done_always:
    'Allowed, from now on without asking. `!settings` shows what is allowed for good, `!permissions reset` takes it back.',
  no_done: 'Not allowed. I have told the agent.',
  no_done_confirmation: 'All right, everything stays as it is.',
  always_not_offered: 'The agent does not offer that for this question. `!yes{which}` allows it this once.',
  several_waiting: 'Several questions wait for you here. Which one do you mean?',
  no_such_question: 'No question {number} is waiting for you here.',
  nothing_waiting: 'No question is waiting for an answer here.',
  not_yours: 'That question was put to somebody else, and only they can answer it.',
  question_line: '- `!yes {number}` {title}',
  permission_description: '> {description}',
} as const satisfies Record<string, Entry>;

export const QUESTIONS_RU: Record<keyof typeof QUESTIONS_EN, Entry> = {
  permission_question: '**Агент просит разрешения: {title}**',
  permission_how: '`!yes{which}` разрешит это один раз, `!no{which}` — нет.',
  permission_how_always: '`!yes{which} always` разрешит и впредь.',
  permission_allowed: '**Разрешено:** {title}',
  permission_allowed_always: '**Разрешено и впредь:** {title}',
  permission_rejected: '**Не разрешено:** {title}',
  permission_expired: '**Ответа не было вовремя, поэтому не разрешено:** {title}',
  confirmation_how: '`!yes{which}` — сделать, `!no{which}` — оставить всё как есть.',
  confirmation_allowed: '**Подтверждено:** {title}',
  confirmation_rejected: '**Не сделано:** {title}',
  confirmation_expired: '**Подтверждения не было вовремя, поэтому не сделано:** {title}',
  question_until: 'Ответить может только {person}, до {until}.',

  yes_done: 'Разрешено. Агент продолжает.',
  yes_done_always:
    'Разрешено, и впредь без вопросов. Что разрешено навсегда, покажет `!settings`, отменит — `!permissions reset`.',
  no_done: 'Не разрешено. Агент об этом знает.',
  no_done_confirmation: 'Хорошо, всё остаётся как есть.',
  always_not_offered: 'Для этого вопроса агент такого не предлагает. `!yes{which}` разрешит один раз.',
  several_waiting: 'Здесь вашего ответа ждут несколько вопросов. Какой вы имеете в виду?',
  no_such_question: 'Вопроса {number} здесь нет: ответа на него никто не ждёт.',
  nothing_waiting: 'Здесь нет вопроса, который ждал бы ответа.',
  not_yours: 'Этот вопрос задан не вам, ответить на него может только тот, кого спросили.',
  question_line: '- `!yes {number}` {title}',
  permission_description: '> {description}',
};
