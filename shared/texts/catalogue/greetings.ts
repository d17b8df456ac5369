import type { Entry } from '../entry.ts';

/** Greetings, and the names of what the bot makes. */
export const GREETINGS_EN = {
  hello_dm:
    'Hello! Your Space is ready: [{space}]({space_link}). I have invited you to it and to its first room.\n\nEvery room there is a conversation of its own with the agent. In this chat only commands work; `!help` lists them.',
  hello_room:
    '- Just write: the agent answers here, and remembers what was said.\n- Write on meanwhile: your messages are answered one by one.\n- `!stop` ends an answer, `!new` opens another conversation.\n- `!help` shows everything else.',
  welcome_again:
    'Welcome back! Everything is where it was, in [{space}]({space_link}). I have invited you to it and to your rooms again.',
  space_name: '{person}’s agents',
  space_topic: 'Every room here is a conversation of its own with an AI agent.',
  first_room_name: 'First conversation',
  room_topic: 'A conversation with the agent “{agent}”. !help shows what can be done here.',
} as const satisfies Record<string, Entry>;

export const GREETINGS_RU: Record<keyof typeof GREETINGS_EN, Entry> = {
  hello_dm:
    'Здравствуйте! Ваше пространство готово: [{space}]({space_link}). Приглашения в него и в первую комнату отправлены.\n\nКаждая комната в нём — отдельный разговор с агентом. В этом чате работают только команды, их список — `!help`.',
  hello_room:
    '- Просто напишите: агент отвечает здесь и помнит, о чём шла речь.\n- Пишите дальше, не дожидаясь ответа: ответы придут по порядку.\n- `!stop` останавливает ответ, `!new` открывает ещё один разговор.\n- Остальное покажет `!help`.',
  welcome_again:
    'С возвращением! Всё на своих местах: [{space}]({space_link}). Приглашения туда и в ваши комнаты отправлены заново.',
  space_name: '{person} и агенты',
  space_topic: 'Каждая комната здесь — отдельный разговор с ИИ-агентом.',
  first_room_name: 'Первый разговор',
  room_topic: 'Разговор с агентом «{agent}». Что здесь можно, покажет !help.',
};
