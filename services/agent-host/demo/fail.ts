import { AgentFailure } from '../adapter.ts';
import { say } from './say.ts';
import type { Scene } from './scene.ts';

/** `demo error` */
export async function error(scene: Scene): Promise<void> {
  await say(scene, 'This answer began well, but then');
  if (!scene.turn.signal.aborted) throw new AgentFailure('internal', 'The demo agent failed, as it was asked to.');
}

/** `demo crash` */
export async function crash(scene: Scene): Promise<void> {
  await say(scene, 'This answer will not be finished, because');
  if (!scene.turn.signal.aborted)
    throw new AgentFailure('agent_crashed', 'The demo agent crashed, as it was asked to.');
}

/** `demo hang` */
export async function hang(scene: Scene): Promise<void> {
  await say(scene, 'Let me think');
  const { signal } = scene.turn;
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
