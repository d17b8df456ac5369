import type { Entry } from '../entry.ts';

/** What a person is told where Matrix and the record had come apart. */
export const RECONCILE_EN = {
  room_gone:
    '[{room}]({room_link}) is not there any more for me: I was removed from it. Invite me there again to go on; what the agent knows of it is kept.',
  back_in_room: 'I am back, and the agent knows what it knew. Just write on.',
  space_left:
    'I had made two Spaces for you. The one that stays is [{space}]({space_link}): all your conversations are in it, nothing is lost. I have left the other one, and so can you.',
  space_without_name: 'your Space',
  replaced_without_me:
    '“{room}” was replaced by [another room]({room_link}), in which I may not speak. Invite me there to go on; what the agent knows is kept.',
  power_in_room:
    'In [{room}]({room_link}) I may not do all that I have to: {things}. Whoever may change that opens Room settings → Roles & permissions and gives me, {bot}, the level 100 (admin).',
  power_in_space:
    'In your Space [{room}]({room_link}) I may not do all that I have to: {things}. Whoever may change that opens Space settings → Roles & permissions and gives me, {bot}, the level 100 (admin).',
  missing_state: 'note what this conversation is',
  missing_links: 'list your conversations',
  missing_messages: 'write',
  missing_invitations: 'invite people',
} as const satisfies Record<string, Entry>;

export const RECONCILE_RU: Record<keyof typeof RECONCILE_EN, Entry> = {
  room_gone:
    'Комнаты [{room}]({room_link}) для меня больше нет: меня из неё удалили. Чтобы продолжить, пригласите меня туда снова; всё, что агент о ней знает, сохранено.',
  back_in_room: 'Я снова здесь, и агент помнит всё, что знал. Просто пишите дальше.',
  space_left:
    'Для вас было создано два пространства. Остаётся [{space}]({space_link}): в нём все ваши разговоры, ничего не пропало. В другом меня больше нет, его можно покинуть.',
  space_without_name: 'ваше пространство',
  replaced_without_me:
    'Комнату «{room}» заменила [другая]({room_link}), но писать в ней я не могу. Чтобы продолжить, пригласите меня туда; всё, что агент знает, сохранено.',
  power_in_room:
    'В комнате [{room}]({room_link}) у меня нет прав на всё, что нужно: {things}. Тот, кто может это изменить, открывает «Настройки комнаты → Роли и права» и даёт мне, {bot}, уровень 100 (администратор).',
  power_in_space:
    'В вашем пространстве [{room}]({room_link}) у меня нет прав на всё, что нужно: {things}. Тот, кто может это изменить, открывает «Настройки пространства → Роли и права» и даёт мне, {bot}, уровень 100 (администратор).',
  missing_state: 'отмечать, что это за разговор',
  missing_links: 'показывать список ваших разговоров',
  missing_messages: 'писать',
  missing_invitations: 'приглашать людей',
};
