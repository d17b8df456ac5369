import type { KnownRoom, KnownRooms } from '../../../shared/store/known-rooms.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { ago } from '../../../shared/time/ago.ts';
import { textWidth } from '../demo/text-width.ts';

/** Columns that fit into 100 cells with two between each. */
const WIDTHS = [27, 5, 27, 8, 11] as const;
const HEAD = ['NAME', 'KIND', 'OWNER', 'STATE', 'LAST USED', ''] as const;
const KINDS = { space: ['Space', 'Spaces'], chat: ['room', 'rooms'], dm: ['DM', 'DMs'] } as const;

/** A table of rooms with counts at its end. Names are shown harmlessly: they are people’s. */
export function roomsText(known: KnownRooms, now: number): string {
  const { rooms, matching } = known;
  const lines = rooms.flatMap((room) => linesOf(room, now));
  const more = matching - rooms.length;
  return `${[
    ...(rooms.length > 0 ? [row(HEAD), ...lines, ''] : []),
    ...(more > 0 ? [`${more.toLocaleString('en')} more: --limit ${matching}`] : []),
    ...(matching < total(known) ? [`${matching.toLocaleString('en')} of them match.`] : []),
    countsText(known),
  ].join('\n')}\n`;
}

function linesOf(room: KnownRoom, now: number): string[] {
  const { roomId, sessionId, kind, owner, state, name, lastUsedAt } = room;
  const title = name ?? (kind === 'dm' ? '(DM)' : '(no name)');
  const used = lastUsedAt === null ? (kind === 'chat' ? 'never' : '') : ago(lastUsedAt, now);
  return [
    row([title, KINDS[kind][0], owner, state, used, goesOn(room)]),
    `  ${[roomId, sessionId ?? ''].join('  ').trimEnd()}`,
  ];
}

function goesOn({ running, waiting }: KnownRoom): string {
  return [...(running ? ['turn'] : []), ...(waiting > 0 ? [`${waiting} wait`] : [])].join(', ');
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => fitted(harmless(cell).replaceAll('\n', ' '), WIDTHS[index]))
    .join('  ')
    .trimEnd();
}

/** Cut in its middle, where a user id keeps its server, or filled up. */
function fitted(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  let cut = text;
  const letters = [...text];
  for (let keep = letters.length; textWidth(cut) > width; keep -= 1) {
    const back = Math.floor((keep - 1) / 3);
    cut = `${letters.slice(0, keep - 1 - back).join('')}…${back > 0 ? letters.slice(-back).join('') : ''}`;
  }
  return cut + ' '.repeat(width - textWidth(cut));
}

function countsText(known: KnownRooms): string {
  const parts = known.counts.map(({ kind, state, count }) => {
    const [one, many] = KINDS[kind];
    return `${count.toLocaleString('en')} ${count === 1 ? one : many}${state === 'archived' ? ' archived' : ''}`;
  });
  return parts.length === 0 ? 'The bot knows no rooms.' : `The bot knows ${parts.join(', ')}.`;
}

function total({ counts }: KnownRooms): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
