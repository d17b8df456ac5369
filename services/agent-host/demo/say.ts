import { atPace } from './pace.ts';
import type { Scene } from './scene.ts';

/** Word by word, as if it were thought of; the whole takes no longer than this. */
const PACE_MS = 20;
const WHOLE_MS = 500;

/** Streams a text that is known beforehand. */
export async function say({ turn, answer }: Scene, text: string): Promise<void> {
  const pieces = text.match(/\s*\S+/g) ?? [];
  const pace = Math.min(PACE_MS, WHOLE_MS / Math.max(1, pieces.length));
  await atPace(pieces.length, { first: 0, pace }, turn.signal, (index) => answer.write(pieces[index]!));
}
