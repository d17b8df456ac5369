import { atPace } from './pace.ts';
import { say } from './say.ts';
import type { Scene } from './scene.ts';

const STEP_MS = 250;
const MOST_SECONDS = 3_600;

/** `demo tool seconds=3` */
export async function tool(scene: Scene): Promise<void> {
  const { turn, instruction } = scene;
  const given = Number(instruction.values.get('seconds') ?? 3);
  const seconds = Number.isFinite(given) && given >= 0 ? Math.min(given, MOST_SECONDS) : 3;
  const call = {
    type: 'tool_call.update',
    tool_call_id: 'tool-1',
    title: `Working for ${seconds} s`,
    kind: 'execute',
  } as const;
  turn.emit({ ...call, status: 'pending' });
  turn.emit({ ...call, status: 'in_progress', progress: 0 });
  const steps = Math.max(1, Math.ceil((seconds * 1000) / STEP_MS));
  const step = (seconds * 1000) / steps;
  await atPace(steps, { first: step, pace: step }, turn.signal, (index) => {
    const progress = (index + 1) / steps;
    if (progress < 1) turn.emit({ ...call, status: 'in_progress', progress });
  });
  turn.emit({
    ...call,
    status: turn.signal.aborted ? 'cancelled' : 'completed',
    progress: turn.signal.aborted ? undefined : 1,
  });
  await say(scene, `The tool ran for ${seconds} s.`);
}
