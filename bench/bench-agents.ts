import { benchCrowd } from './bench-agents-crowd.ts';
import { benchIdleSessions } from './bench-agents-idle.ts';
import { benchLatency } from './bench-agents-latency.ts';
import { ModelProcess } from './bench-agents-processes.ts';
import type { Figure } from './figures.ts';

/** The agent host by itself, as a process between a model server and one worker's connection; needs no homeserver. */
export async function benchAgents(quick: boolean, say: (text: string) => void): Promise<Figure[]> {
  const seconds = quick ? 4 : 20;
  const model = await ModelProcess.start();
  try {
    say('agent host: a token’s way');
    const latency = await benchLatency(model, quick ? 15 : 200);
    say('agent host: 500 turns at once');
    const demo = await benchCrowd(seconds);
    const openai = await benchCrowd(seconds, model);
    say('agent host: idle sessions');
    return [...latency, ...demo, ...openai, ...(await benchIdleSessions(model))];
  } finally {
    await model.stop();
  }
}
