import { Readable } from 'node:stream';
import { setImmediate as round } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { chunksOf } from './chunks-of.ts';

const HELLO = ['he', 'll', 'o'].map((text) => Buffer.from(text));

async function all(body: Readable): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of chunksOf(body)) {
    chunks.push(String(chunk));
    await round();
  }
  return chunks;
}

test('chunks come as they were pushed, also those that wait', async () => {
  const body = new Readable({ read() {} });
  for (const chunk of HELLO) body.push(chunk);
  body.push(null);
  expect(await all(body)).toEqual(['he', 'll', 'o']);
});

test('nothing is read ahead of who asks but what the stream holds', async () => {
  let reads = 0;
  const body = new Readable({
    highWaterMark: 1,
    read() {
      reads++;
      this.push(Buffer.alloc(10));
    },
  });
  const chunks = chunksOf(body);
  await chunks.next();
  for (let times = 0; times < 10; times++) await round();
  expect(reads).toBeLessThan(4);
  await chunks.return(undefined);
});

test.each([
  ['before it is asked for a chunk', 0],
  ['after its first chunk', 1],
])('what the stream fails with is thrown: %s', async (_, given) => {
  const body = new Readable({ read() {} }).on('error', () => {});
  const chunks = chunksOf(body);
  for (const chunk of HELLO.slice(0, given)) {
    body.push(chunk);
    await chunks.next();
  }
  body.destroy(new Error('the line is cut'));
  await round();
  await expect(chunks.next()).rejects.toThrow('the line is cut');
});

test('a stream that is closed before its end is no whole body', async () => {
  const body = new Readable({ read() {} });
  body.push(HELLO[0]);
  setImmediate(() => body.destroy());
  await expect(all(body)).rejects.toThrow(/premature/i);
});
