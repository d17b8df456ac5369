import type { Entry } from '../entry.ts';

/** Who else may ask, and in which language they are answered. */
export const PEOPLE_EN = {
  people_only_you: 'Only you may ask the agent here. `!people add @someone` lets somebody else ask, too.',
  people_list: 'Beside you, these may ask the agent here:',
  people_line: '{person}',
  people_rule: 'With several people here, the agent answers when it is mentioned or replied to.',
  people_added: '{person} may ask the agent here now. From now on it answers when it is mentioned or replied to.',
  people_invited:
    'I have invited {person}, who may then ask the agent here. From now on it answers when it is mentioned or replied to.',
  people_not_invited: '{person} may ask the agent here, but I could not invite them. Please invite them yourself.',
  people_removed: '{person} may not ask the agent here any more. To remove them from the room, use your client.',
  people_never: '{person} may not ask the agent here anyway.',
  people_not_this: '{person} needs no permission here.',
  people_not_allowed: '{person} may not use this bot. The people who run it can change that.',
  people_who: 'I do not know who “{name}” is. Please write the whole id, like `@anna:example.org`.',
  edited_too_late:
    'The agent had begun before you edited this, so it answers what you wrote first. `!retry` asks the new text.',
  language_now: 'The language of my texts is {language}.',
  language_choices: 'You can choose `!language en`, `!language ru` or `!language auto`.',
  language_unknown: 'I do not speak “{word}”.',
  language_set: 'From now on I write to you in English.',
  language_follows: 'From now on I write to you in the language that you write in.',
} as const satisfies Record<string, Entry>;

export const PEOPLE_RU: Record<keyof typeof PEOPLE_EN, Entry> = {
  people_only_you: 'Спрашивать агента здесь можете только вы. `!people add @кто-то` разрешит и другим.',
  people_list: 'Кроме вас, агента здесь могут спрашивать:',
  people_line: '{person}',
  people_rule: 'Когда здесь несколько человек, агент отвечает, если его упомянули или ответили ему.',
  people_added:
    '{person} теперь может спрашивать агента. С этого момента он отвечает, когда его упомянули или ответили ему.',
  people_invited:
    'Приглашение для {person} отправлено, после него можно спрашивать агента. С этого момента он отвечает, когда его упомянули или ответили ему.',
  people_not_invited: '{person} может спрашивать агента, но пригласить не получилось. Пригласите, пожалуйста, сами.',
  people_removed: '{person} больше не может спрашивать агента. Убрать из комнаты можно в вашем клиенте.',
  people_never: '{person} и так не может спрашивать агента.',
  people_not_this: 'Для {person} разрешения здесь не нужно.',
  people_not_allowed: 'Для {person} этот бот закрыт. Изменить это могут те, кто им управляет.',
  people_who: 'Не знаю, кто такой «{name}». Напишите, пожалуйста, адрес целиком, например `@anna:example.org`.',
  edited_too_late: 'Агент начал раньше, чем вы это исправили, и отвечает на первый вариант. `!retry` спросит новый.',
  language_now: 'Язык моих текстов: {language}.',
  language_choices: 'Можно выбрать `!language en`, `!language ru` или `!language auto`.',
  language_unknown: 'Языка «{word}» я не знаю.',
  language_set: 'Теперь мои тексты для вас на русском.',
  language_follows: 'Теперь мои тексты будут на том языке, на котором вы пишете.',
};
