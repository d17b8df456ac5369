import { untilWorks } from '../../shared/errors/until-works.ts';

/**
 * Asks something of a server that may be away, until it answers or the stack is stopped; whoever watches sees what is
 * waited for. @throws what asking again does not help against.
 */
export async function untilAnswers<Value>(
  name: string,
  ask: () => Promise<Value>,
  { say, signal }: { readonly say: (name: string, detail: string) => void; readonly signal: AbortSignal },
): Promise<Value> {
  const since = new Date().toISOString().slice(11, 19);
  let told = '';
  return untilWorks(ask, {
    signal,
    onFailure: (_, why) => {
      if (why !== told) say(name, `waiting since ${since} UTC: ${why}`);
      told = why;
    },
  });
}
