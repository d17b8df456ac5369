/** How long nothing may come before it counts as quiet. */
const QUIET_MS = 500;

/**
 * The events as they come; and while `isWaiting`, `quiet` whenever none has come for a while. Whoever leaves the loop has
 * to end the source's pending wait by other means: a generator cannot be left while it waits.
 */
export async function* eventsOrQuiet<Event>(
  source: AsyncIterable<Event>,
  isWaiting: () => boolean,
): AsyncGenerator<Event | 'quiet', void, void> {
  const events = source[Symbol.asyncIterator]();
  let next = events.next();
  try {
    for (;;) {
      const first = isWaiting() ? await orQuiet(next) : await next;
      if (first === 'quiet') {
        yield 'quiet';
        continue;
      }
      if (first.done) return;
      yield first.value;
      next = events.next();
    }
  } finally {
    // Nobody listens any more: how it ends is told to whoever ended it.
    next.catch(() => {});
  }
}

async function orQuiet<Value>(pending: Promise<Value>): Promise<Value | 'quiet'> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<'quiet'>((resolve) => {
    timer = setTimeout(resolve, QUIET_MS, 'quiet');
  });
  try {
    return await Promise.race([pending, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
