import { finished, type Readable } from 'node:stream';

/**
 * The chunks of a body, each as the socket gave it, and the next only when it is asked for. A stream's own iterator puts
 * those that wait into one, which is a copy.
 * @throws what the stream fails with, also before its first chunk; an error where it was closed before its end.
 */
export async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [];
  let wake = () => {};
  let end: { readonly error: unknown } | undefined;
  const forget = finished(body, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  const take = (chunk: Buffer) => {
    waiting.push(chunk);
    body.pause();
    wake();
  };
  body.on('data', take);
  try {
    for (;;) {
      if (end?.error) throw end.error;
      const chunk = waiting.shift();
      if (chunk) yield chunk;
      else if (end) return;
      else {
        const something = new Promise<void>((resolve) => {
          wake = resolve;
        });
        body.resume();
        await something;
      }
    }
  } finally {
    body.off('data', take);
    forget();
  }
}
