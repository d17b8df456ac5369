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
  too_old: 'This message is too old to be answered now. Please send it again if it still matters.',
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
  too_old: 'Это сообщение слишком старое, чтобы отвечать на него сейчас. Если оно ещё важно, отправьте его снова.',
  not_allowed_command: 'В этой комнате это может сделать только {owner}.',
};
