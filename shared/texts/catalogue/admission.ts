import type { Entry } from '../entry.ts';

/** Who is answered, and where. */
export const ADMISSION_EN = {
  use_room_none:
    'In this chat only commands work. I am still setting up your rooms; if no invitation comes, please invite me to a new chat.',
  use_room: 'In this chat only commands work. The agent answers you in [{room}]({room_link}): please write there.',
  not_allowed: 'Your account may not use this bot, so I cannot answer. Please ask the people who run it to let you in.',
  not_allowed_guest:
    'In this room I answer {owner}, and those whom {owner} lets in. Please ask {owner} if you want to join.',
  archived: 'This room is archived, so the agent does not answer here. `!restore` opens it again.',
  encrypted:
    'This room is encrypted, and I cannot read encrypted messages. Please invite me to a chat without encryption.',
  too_old: {
    by: 'count',
    one: 'I was away and do not answer {count} message up to here any more: it is too old, or there are too many since. Please send it again if it still matters.',
    other:
      'I was away and do not answer {count} messages up to here any more: they are too old, or there are too many since. Please send again what still matters.',
  },
  too_old_or_more:
    'I was away and do not answer the messages up to here any more, {count} and perhaps more: they are too old, or there are too many since. Please send again what still matters.',
  gap: 'Some messages of this room could not be fetched from the homeserver. If yours has no answer, please send it again.',
  not_allowed_command: 'Only {owner} can do that in this room.',
} as const satisfies Record<string, Entry>;

export const ADMISSION_RU: Record<keyof typeof ADMISSION_EN, Entry> = {
  use_room_none:
    'В этом чате работают только команды. Я ещё готовлю ваши комнаты; если приглашение не придёт, пригласите меня в новый чат.',
  use_room:
    'В этом чате работают только команды. Агент отвечает в комнате [{room}]({room_link}): напишите, пожалуйста, туда.',
  not_allowed:
    'Вашей учётной записи этот бот недоступен, поэтому я не могу ответить. Попросите доступ у тех, кто им управляет.',
  not_allowed_guest:
    'В этой комнате я отвечаю {owner} и тем, кому {owner} это разрешает. Если хотите участвовать, спросите {owner}.',
  archived: 'Эта комната в архиве, агент здесь не отвечает. `!restore` откроет её снова.',
  encrypted: 'Эта комната зашифрована, а шифрованных сообщений я читать не умею. Пригласите меня в чат без шифрования.',
  too_old: {
    by: 'count',
    one: 'Меня не было, и {count} сообщение выше уже останется без ответа: оно слишком старое, или после него их слишком много. Если оно ещё важно, отправьте его снова.',
    few: 'Меня не было, и {count} сообщения выше уже останутся без ответа: они слишком старые, или после них пришло слишком много. Что ещё важно, отправьте снова.',
    many: 'Меня не было, и {count} сообщений выше уже останутся без ответа: они слишком старые, или после них пришло слишком много. Что ещё важно, отправьте снова.',
    other:
      'Меня не было, и {count} сообщения выше уже останутся без ответа: они слишком старые, или после них пришло слишком много. Что ещё важно, отправьте снова.',
  },
  too_old_or_more:
    'Меня не было, и сообщения выше уже останутся без ответа, {count} или больше: они слишком старые, или после них пришло слишком много. Что ещё важно, отправьте снова.',
  gap: 'Часть сообщений этой комнаты получить с сервера не удалось. Если на ваше нет ответа, отправьте его ещё раз.',
  not_allowed_command: 'В этой комнате это может сделать только {owner}.',
};
