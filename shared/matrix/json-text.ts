/** An `errcode` with its text, or a `content_uri`: what is longer is none of these. */
const MOST_BYTES = 64 * 1024;

/** A lone surrogate (half an emoji, cut somewhere) makes Synapse answer 500 for ever: it goes out as U+FFFD. */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!/\\ud[89a-f]/.test(json)) return json;
  return JSON.stringify(value, (_key, part) => (typeof part === 'string' ? part.toWellFormed() : part));
}

/** What a text says as JSON; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a short answer says as JSON; of a longer one some 64 KB are read, and it says nothing. */
export async function readJson(chunks: AsyncIterable<Buffer>): Promise<unknown> {
  const read: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    read.push(chunk);
  }
  return parseJson(Buffer.concat(read).toString());
}
