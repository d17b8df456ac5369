import { count } from './instruction.ts';
import { atPace } from './pace.ts';
import type { Scene } from './scene.ts';

const PACE_MS = 20;
/** A turn's events stay in memory while it runs: one message must not be able to fill it. */
const MOST_CHARACTERS = 8_000_000;
const LATIN = ['lorem', 'ipsum', 'dolor', 'sit', 'amet', 'consectetur', 'adipiscing', 'elit', 'sed', 'tempor'];
const CYRILLIC = ['в', 'начале', 'было', 'слово', 'и', 'оно', 'звучало', 'долго', 'над', 'рекою'];

/** `demo many=50 size=2000 [script=ru]` */
export async function many({ turn, instruction, answer }: Scene): Promise<void> {
  const size = count(instruction, 'size', 2_000, 200_000);
  const paragraphs = count(instruction, 'many', 50, Math.min(2_000, Math.floor(MOST_CHARACTERS / Math.max(1, size))));
  const pace = count(instruction, 'pace', PACE_MS, 60_000);
  const vocabulary = instruction.values.get('script')?.toLowerCase() === 'ru' ? CYRILLIC : LATIN;
  await atPace(paragraphs, { first: 0, pace }, turn.signal, (index) =>
    answer.write(`${index === 0 ? '' : '\n\n'}${paragraph(index + 1, size, vocabulary)}`),
  );
}

/** Exactly `size` characters from `¶k ` to ` end k`, and at the least those two. */
export function paragraph(number: number, size: number, vocabulary: readonly string[]): string {
  const begin = `¶${number} `;
  const end = ` end ${number}`;
  const room = Math.max(1, size - begin.length - end.length);
  let filling = '';
  for (let at = number; filling.length < room; at++)
    filling += `${filling ? ' ' : ''}${vocabulary[at % vocabulary.length]}`;
  // Cut to the length; a space at the end would vanish with the ones beside it.
  filling = filling.slice(0, room).replace(/ $/, vocabulary[0]![0]!);
  return begin + filling + end;
}
