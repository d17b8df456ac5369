/**
 * Where a command takes its place:
 * - `overtake`: in the room's control lane; it never waits for a turn.
 * - `in_order`: in the room's own lane, since it changes what the next turn sees.
 * - `person`: in the lane of what is done for one person, since it makes rooms.
 */
export type Placement = 'overtake' | 'in_order' | 'person';

/** Every command: its placement, and the Russian words that mean the same. The one table of names. */
export const COMMANDS = {
  help: { placement: 'overtake', also: ['помощь', 'справка', 'h', '?'] },
  new: { placement: 'person', also: ['новая', 'новый', 'новое', 'создать'] },
  rooms: { placement: 'overtake', also: ['комнаты', 'чаты'] },
  rename: { placement: 'in_order', also: ['переименовать', 'название', 'имя'] },
  archive: { placement: 'in_order', also: ['архив', 'архивировать', 'убрать'] },
  restore: { placement: 'person', also: ['восстановить', 'вернуть'] },
  settings: { placement: 'overtake', also: ['настройки'] },
  language: { placement: 'overtake', also: ['язык', 'lang'] },
  people: { placement: 'overtake', also: ['люди', 'участники'] },
  context: { placement: 'overtake', also: ['контекст'] },
  save: { placement: 'in_order', also: ['сохранить'] },
  load: { placement: 'in_order', also: ['загрузить'] },
  snapshots: { placement: 'overtake', also: ['снимки', 'копии'] },
  files: { placement: 'overtake', also: ['файлы'] },
  agent: { placement: 'in_order', also: ['агент', 'agents', 'агенты'] },
  forget: { placement: 'in_order', also: ['забыть', 'удалить'] },
  reset: { placement: 'in_order', also: ['сброс', 'сбросить'] },
  clear: { placement: 'in_order', also: ['очистить'] },
  retry: { placement: 'in_order', also: ['повторить', 'повтор', 'снова', 'again'] },
  stop: { placement: 'overtake', also: ['стоп', 'хватит', 'cancel'] },
  yes: { placement: 'overtake', also: ['да', 'y'] },
  no: { placement: 'overtake', also: ['нет', 'n'] },
  permissions: { placement: 'overtake', also: ['разрешения'] },
} as const satisfies Record<string, { placement: Placement; also: readonly string[] }>;

export type CommandName = keyof typeof COMMANDS;

const NAMES: ReadonlyMap<string, CommandName> = new Map(
  Object.entries(COMMANDS).flatMap(([name, { also }]) =>
    [name, ...also].map((word) => [word, name as CommandName] as const),
  ),
);

/** The command that a word names, in any case; undefined for a word that names none. */
export function commandNamed(word: string): CommandName | undefined {
  return NAMES.get(word.toLowerCase());
}

/** What exists nowhere overtakes too: its answer, that it does not exist, need not wait. */
export function placementOf(name: string): Placement {
  const known = NAMES.get(name);
  return known === undefined ? 'overtake' : COMMANDS[known].placement;
}
