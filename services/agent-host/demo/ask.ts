import { say } from './say.ts';
import type { Scene } from './scene.ts';

/** `demo ask <text>` */
export async function ask(scene: Scene): Promise<void> {
  const text = scene.instruction.rest || 'something risky';
  const { outcome, option } = await scene.turn.ask({
    title: text.slice(0, 1_000),
    description: `The demo agent would like to: ${text.slice(0, 8_000)}`,
    options: [
      { option_id: 'allow-once', name: 'Allow', kind: 'allow_once' },
      { option_id: 'reject-once', name: 'Do not allow', kind: 'reject_once' },
    ],
  });
  const allowed = outcome === 'selected' && option?.kind.startsWith('allow') === true;
  await say(scene, allowed ? `Done: ${text}` : `Not done: ${text}`);
}
