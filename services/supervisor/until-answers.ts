import { describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { backoff, sleep } from '../../shared/time/time.ts';

/**
 * Asks something of a server that may be away, until it answers or the stack is stopped; whoever watches sees what is
 * waited for. @throws what asking again does not help against.
 */
export async function untilAnswers<Value>(
  name: string,
  ask: () => Promise<Value>,
  { say, signal }: { readonly say: (name: string, detail: string) => void; readonly signal: AbortSignal },
): Promise<Value> {
  const since = Date.now();
  let told = '';
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SurfacesError) || error.disposition === 'permanent') throw error;
      const why = describe(error);
      if (why !== told) say(name, `waiting since ${new Date(since).toISOString().slice(11, 19)} UTC: ${why}`);
      told = why;
      if (!(await sleep(error.retryAfterMs ?? backoff(attempt, 200, 5_000), signal))) throw signal.reason;
    }
  }
}
