import type { Entry } from '../entry.ts';

/** The dashboard of a room. */
export const SETTINGS_EN = {
  settings_title: '**How things stand here**',
  settings_agent: '**Agent:** {agent}, answers',
  settings_agent_away: '**Agent:** {agent}, cannot be reached just now',
  settings_room: '**Room:** {name}, {state}',
  settings_session: '**Session:** `{session}`',
  settings_context: '**Context:** {context}',
  settings_saved: '**Saved:** {saved}',
  settings_files: '**Files:** {used} of {limit} here; {all} of {all_limit} in all your rooms',
  settings_people: '**May ask beside you:** {people}',
  settings_allowed: '**Allowed for good:** {titles}',
  settings_allowed_none: '**Allowed for good:** nothing',
  settings_rooms: '**Conversations:** {rooms} of {limit}',
  settings_language: '**Language:** {language}',
  settings_version: '**Version:** surfaces {version}, {protocol}',
  room_active: 'in use',
  language_en: 'English',
  language_ru: 'Russian',
  language_auto: 'the one you write in',
} as const satisfies Record<string, Entry>;

export const SETTINGS_RU: Record<keyof typeof SETTINGS_EN, Entry> = {
  settings_title: '**Как здесь всё устроено**',
  settings_agent: '**Агент:** {agent}, отвечает',
  settings_agent_away: '**Агент:** {agent}, сейчас недоступен',
  settings_room: '**Комната:** {name}, {state}',
  settings_session: '**Сессия:** `{session}`',
  settings_context: '**Контекст:** {context}',
  settings_saved: '**Сохранение:** {saved}',
  settings_files: '**Файлы:** здесь {used} из {limit}; во всех ваших комнатах {all} из {all_limit}',
  settings_people: '**Кроме вас могут спрашивать:** {people}',
  settings_allowed: '**Разрешено навсегда:** {titles}',
  settings_allowed_none: '**Разрешено навсегда:** ничего',
  settings_rooms: '**Разговоры:** {rooms} из {limit}',
  settings_language: '**Язык:** {language}',
  settings_version: '**Версия:** surfaces {version}, {protocol}',
  room_active: 'используется',
  language_en: 'английский',
  language_ru: 'русский',
  language_auto: 'тот, на котором вы пишете',
};
