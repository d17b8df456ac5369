import { say } from './say.ts';
import type { Scene } from './scene.ts';

/** `demo remember <text>` */
export async function remember(scene: Scene): Promise<void> {
  const { instruction, conversation, keep } = scene;
  if (!instruction.rest) return say(scene, 'Tell me what: `demo remember <text>`.');
  keep({ ...conversation, remembered: [...conversation.remembered, instruction.rest] });
  await say(scene, `I will remember: ${instruction.rest}`);
}

/** `demo recall` */
export async function recall(scene: Scene): Promise<void> {
  const { remembered } = scene.conversation;
  if (remembered.length === 0) return say(scene, 'I was not told to remember anything in this conversation.');
  await say(scene, `I was told to remember:\n\n${remembered.map((line) => `- ${line}`).join('\n')}`);
}
