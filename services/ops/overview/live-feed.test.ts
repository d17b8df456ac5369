import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { LiveFeed } from './live-feed.ts';

const soon = { timeout: 10_000, interval: 10 };
let feed: LiveFeed;
let server: Server;
let state = 'first';

async function serve(options: { liveMs?: number; listenMs?: number } = {}) {
  feed = new LiveFeed(
    async () => state,
    () => {},
    { liveMs: 30, ...options },
  );
  server = createServer((request, response) =>
    feed.add(response, {}, request.headers['last-event-id'] as string | undefined),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
  feed.close();
  server.closeAllConnections();
  server.close();
});

/** Listens as a browser does. */
function listen(url: string, headers: Record<string, string> = {}) {
  const heard = { text: '', ended: false, data: [] as string[] };
  void (async () => {
    const answer = await fetch(url, { headers });
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      heard.text += chunk;
      heard.data = [...heard.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as string);
    }
    heard.ended = true;
  })();
  return heard;
}

test('fifty who listen cost one rendering, and hear of each change once', async () => {
  state = 'first';
  const url = await serve({ liveMs: 200 });
  const all = Array.from({ length: 50 }, () => listen(url));
  await expect.poll(() => all.every(({ data }) => data.length === 1), soon).toBe(true);
  state = 'second <b>\nline</b>';
  await expect.poll(() => all.every(({ data }) => data.length === 2), soon).toBe(true);
  const [before, until] = [feed.renderings, performance.now() + 1_000];
  await expect.poll(() => performance.now() > until, soon).toBe(true);
  // So many turns of one timer, not fifty times as many.
  expect(feed.renderings - before).toBeLessThan(8);
  expect(all[49]!.data).toEqual(['first', 'second <b>\nline</b>']);
});

test('where nobody listens, nothing is rendered', async () => {
  const url = await serve();
  const stop = new AbortController();
  const answer = await fetch(url, { signal: stop.signal });
  await answer.body!.getReader().read();
  stop.abort();
  await expect.poll(() => feed.listening, soon).toBe(0);
  const { renderings } = feed;
  const until = performance.now() + 200;
  await expect.poll(() => performance.now() > until, soon).toBe(true);
  expect(feed.renderings - renderings).toBeLessThanOrEqual(1);
});

test('is over after a time, and who comes back with what they know is told only what is new', async () => {
  state = 'same';
  const url = await serve({ listenMs: 100 });
  const first = listen(url);
  await expect.poll(() => first.ended, soon).toBe(true);
  expect(first.data).toEqual(['same']);
  const id = /^id: (.*)$/m.exec(first.text)![1]!;
  const again = listen(url, { 'last-event-id': id });
  await expect.poll(() => again.ended, soon).toBe(true);
  expect(again.data).toEqual([]);
});

test('ends all streams when it is closed', async () => {
  const url = await serve();
  const all = [listen(url), listen(url)];
  await expect.poll(() => all.every(({ data }) => data.length === 1), soon).toBe(true);
  feed.close();
  await expect.poll(() => all.every(({ ended }) => ended), soon).toBe(true);
});
