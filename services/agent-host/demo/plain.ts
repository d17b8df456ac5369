import { endOfCharacter } from './end-of-character.ts';
import { say } from './say.ts';
import type { Scene } from './scene.ts';

const QUOTED = 2_000;

/** Whatever is no instruction. */
export async function plain(scene: Scene): Promise<void> {
  const { text } = scene.message;
  const count = `This is message ${scene.turn.number} of our conversation.`;
  if (!text) return say(scene, `Hello! You wrote nothing but that. ${count}`);
  const quote = text.length > QUOTED ? `${text.slice(0, endOfCharacter(text, QUOTED))}…` : text;
  if (quote.includes('\n')) return say(scene, `Hello! You wrote:\n\n${quote.replace(/^/gm, '> ')}\n\n${count}`);
  await say(scene, `Hello! You wrote: “${quote}”. ${count}`);
}

/** `demo` and a word that the script does not know. */
export async function unknown(scene: Scene): Promise<void> {
  const known = [
    '`demo words=200 pace=20 first=500`',
    '`demo markdown`',
    '`demo remember <text>`, `demo recall`',
    '`demo ask <text>`, `demo ask offer=always <text>`',
    '`demo tool seconds=3`',
    '`demo read`',
    '`demo file <name> size=10k`',
    '`demo error`, `demo crash`, `demo hang`',
    '`demo many=50 size=2000 script=ru`',
  ];
  const count = `This is message ${scene.turn.number} of our conversation.`;
  await say(scene, `I know these instructions:\n\n${known.map((line) => `- ${line}`).join('\n')}\n\n${count}`);
}
