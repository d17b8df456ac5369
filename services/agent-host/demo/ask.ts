import { say } from './say.ts';
import type { Scene } from './scene.ts';

/** `demo ask <text>`; with `offer=always` before the text, the person may also allow it for good. */
export async function ask(scene: Scene): Promise<void> {
  const always = /^offer=always\s+/.exec(scene.instruction.rest)?.[0] ?? '';
  const text = scene.instruction.rest.slice(always.length) || 'something risky';
  const { outcome, option, reason } = await scene.turn.ask({
    title: text.slice(0, 1_000),
    description: `The demo agent would like to: ${text.slice(0, 8_000)}`,
    options: [
      { option_id: 'allow-once', name: 'Allow', kind: 'allow_once' },
      ...(always ? [{ option_id: 'allow-always', name: 'Always allow', kind: 'allow_always' as const }] : []),
      { option_id: 'reject-once', name: 'Do not allow', kind: 'reject_once' },
    ],
  });
  const allowed = outcome === 'selected' && option?.kind.startsWith('allow') === true;
  await say(scene, allowed ? `Done: ${text}` : `Not done: ${text}${reason ? ` (${reason})` : ''}`);
}
