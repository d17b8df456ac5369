import type { Entry } from '../entry.ts';

/** What every command needs: help, and what is said of one that does not fit. */
export const COMMANDS_EN = {
  help_intro: 'These commands work here:',
  unknown_command: 'There is no command `!{name}`. Did you mean `!{nearest}`? `!help` lists all commands.',
  unknown_command_at_all: 'There is no command `!{name}`. `!help` lists all commands.',
  missing_argument: '`!{command}` needs something more. Write it like this: `{usage}`',
  stop_done: 'Stopped.',
  stop_done_dropped: {
    by: 'dropped',
    one: 'Stopped. {dropped} waiting message was dropped.',
    other: 'Stopped. {dropped} waiting messages were dropped.',
  },
  stop_nothing: 'There is nothing to stop: no answer is running here.',
  command_needs_room:
    '`!{command}` works on a conversation. Please write it in one of your rooms; `!rooms` lists them.',
  list_closed: 'That list is closed. Please show it again.',
  list_has_no_such: {
    by: 'count',
    one: 'The list has {count} entry. Which number do you mean?',
    other: 'The list has {count} entries. Which number do you mean?',
  },
  agent_cannot: 'The agent that answers here cannot do that.',
  agent_refused: 'The agent could not do that. Nothing was changed; please try again.',
  agent_unavailable_command:
    'The agent cannot be reached just now, so nothing was changed. Please try again in a moment.',
  unknown_snapshot: 'There is no such saved context. `!snapshots` lists what there is.',
} as const satisfies Record<string, Entry>;

export const COMMANDS_RU: Record<keyof typeof COMMANDS_EN, Entry> = {
  help_intro: 'Здесь работают такие команды:',
  unknown_command: 'Команды `!{name}` нет. Может быть, `!{nearest}`? Все команды покажет `!help`.',
  unknown_command_at_all: 'Команды `!{name}` нет. Все команды покажет `!help`.',
  missing_argument: 'Команде `!{command}` чего-то не хватает. Она пишется так: `{usage}`',
  stop_done: 'Остановлено.',
  stop_done_dropped: {
    by: 'dropped',
    one: 'Остановлено. Из очереди убрано {dropped} сообщение.',
    few: 'Остановлено. Из очереди убрано {dropped} сообщения.',
    many: 'Остановлено. Из очереди убрано {dropped} сообщений.',
    other: 'Остановлено. Из очереди убрано {dropped} сообщения.',
  },
  stop_nothing: 'Останавливать нечего: здесь сейчас ничего не пишется.',
  command_needs_room:
    'Команда `!{command}` относится к разговору. Напишите её в одной из своих комнат: их покажет `!rooms`.',
  list_closed: 'Этот список уже закрыт. Вызовите его ещё раз.',
  list_has_no_such: {
    by: 'count',
    one: 'В списке {count} строка. Какой номер вы имеете в виду?',
    few: 'В списке {count} строки. Какой номер вы имеете в виду?',
    many: 'В списке {count} строк. Какой номер вы имеете в виду?',
    other: 'В списке {count} строки. Какой номер вы имеете в виду?',
  },
  agent_cannot: 'Агент, который здесь отвечает, этого не умеет.',
  agent_refused: 'Агент не смог этого сделать. Ничего не изменилось, попробуйте ещё раз.',
  agent_unavailable_command: 'Агент сейчас недоступен, поэтому ничего не изменилось. Попробуйте чуть позже.',
  unknown_snapshot: 'Такого сохранённого контекста нет. Что есть, покажет `!snapshots`.',
};
