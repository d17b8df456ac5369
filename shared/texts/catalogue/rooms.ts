import type { Entry } from '../entry.ts';

/** Commands about rooms: open, name, put away, bring back. */
export const ROOMS_EN = {
  new_room_name: 'New conversation',
  new_room_hello: 'A new conversation: the agent knows nothing of the others here. Just write.',
  new_done: 'Your new conversation is ready: [{room}]({room_link})',
  too_many_rooms: {
    by: 'count',
    one: 'You can have {count} conversation at a time. Put one away by `!archive` (it is kept), then try again.',
    other: 'You can have {count} conversations at a time. Put one away by `!archive` (it is kept), then try again.',
  },
  name_too_long: 'That name is too long: a name has 100 characters at most.',
  name_unreadable: 'That is no name that everybody can read: a name is one line of letters, digits and signs.',
  rename_done: 'This conversation is now called “{name}”.',
  this_room: 'this conversation',
  room_without_name: 'Conversation without a name',
  archive_title: 'put “{name}” into the archive',
  archive_question:
    'Put “{name}” into the archive? The agent then does not answer here any more. Nothing is lost: `!restore` brings it back as it is.',
  archive_done:
    'This conversation is in the archive. `!restore` brings it back, with everything that the agent knows of it.',
  restore_list: 'In the archive. Write a number to bring one back:',
  restore_nothing: 'There is nothing in your archive.',
  restore_unknown: 'There is no “{name}” in your archive.',
  restore_done: 'It is back, with everything that the agent knew: [{room}]({room_link})',
  rooms_list: 'Your conversations:',
  rooms_none: 'You have no conversation yet. `!new` opens one.',
  rooms_hint: 'Write a number to get its link, `!new` for another one.',
  room_link: '[{room}]({room_link})',
  room_used: 'last used {date}',
  room_unused: 'not used yet',
  room_here: 'you are here',
  room_context: 'context {percent} % full',
  room_archived: '*in the archive*',
  room_moved: 'This room has been replaced by another one. Please go on there: [{room}]({room_link})',
} as const satisfies Record<string, Entry>;

export const ROOMS_RU: Record<keyof typeof ROOMS_EN, Entry> = {
  new_room_name: 'Новый разговор',
  new_room_hello: 'Новый разговор: о других агент здесь ничего не знает. Просто пишите.',
  new_done: 'Новый разговор готов: [{room}]({room_link})',
  too_many_rooms: {
    by: 'count',
    one: 'Одновременно можно вести {count} разговор. Уберите один в архив командой `!archive` (он сохранится) и попробуйте снова.',
    few: 'Одновременно можно вести {count} разговора. Уберите один в архив командой `!archive` (он сохранится) и попробуйте снова.',
    many: 'Одновременно можно вести {count} разговоров. Уберите один в архив командой `!archive` (он сохранится) и попробуйте снова.',
    other:
      'Одновременно можно вести {count} разговора. Уберите один в архив командой `!archive` (он сохранится) и попробуйте снова.',
  },
  name_too_long: 'Это название слишком длинное: в нём должно быть не больше 100 символов.',
  name_unreadable: 'Такое название прочтут не все: оно должно быть одной строкой из букв, цифр и знаков.',
  rename_done: 'Теперь этот разговор называется «{name}».',
  this_room: 'этот разговор',
  room_without_name: 'Разговор без названия',
  archive_title: 'убрать в архив «{name}»',
  archive_question:
    'Убрать «{name}» в архив? Агент перестанет здесь отвечать. Ничего не пропадёт: `!restore` вернёт всё как было.',
  archive_done: 'Этот разговор в архиве. `!restore` вернёт его вместе со всем, что агент о нём знает.',
  restore_list: 'В архиве. Напишите номер, чтобы вернуть разговор:',
  restore_nothing: 'В вашем архиве ничего нет.',
  restore_unknown: 'В вашем архиве нет разговора «{name}».',
  restore_done: 'Разговор снова здесь, вместе со всем, что агент знал: [{room}]({room_link})',
  rooms_list: 'Ваши разговоры:',
  rooms_none: 'У вас ещё нет ни одного разговора. Его откроет `!new`.',
  rooms_hint: 'Напишите номер, чтобы получить ссылку; `!new` откроет ещё один.',
  room_link: '[{room}]({room_link})',
  room_used: 'последний раз {date}',
  room_unused: 'ещё не начат',
  room_here: 'вы здесь',
  room_context: 'контекст занят на {percent} %',
  room_archived: '*в архиве*',
  room_moved: 'Эту комнату заменила другая. Продолжайте, пожалуйста, там: [{room}]({room_link})',
};
