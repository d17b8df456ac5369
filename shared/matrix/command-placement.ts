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
  stop: { placement: 'overtake', also: ['стоп', 'хватит', 'cancel'] },
  yes: { placement: 'overtake', also: ['да', 'y'] },
  no: { placement: 'overtake', also: ['нет', 'n'] },
  settings: { placement: 'overtake', also: ['настройки'] },
  context: { placement: 'overtake', also: ['контекст'] },
  rooms: { placement: 'overtake', also: ['комнаты'] },
  people: { placement: 'overtake', also: ['люди'] },
  language: { placement: 'overtake', also: ['язык'] },
  clear: { placement: 'in_order', also: ['очистить'] },
  reset: { placement: 'in_order', also: ['сброс', 'сбросить'] },
  save: { placement: 'in_order', also: ['сохранить'] },
  load: { placement: 'in_order', also: ['загрузить'] },
  archive: { placement: 'in_order', also: ['архив'] },
  restore: { placement: 'in_order', also: ['восстановить', 'вернуть'] },
  rename: { placement: 'in_order', also: ['переименовать', 'название'] },
  new: { placement: 'person', also: ['новая', 'новый', 'новое'] },
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
