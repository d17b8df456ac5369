import { expect, test } from 'vitest';
import type { TurnEvent } from './turn-events.ts';
import { TurnQueue } from './turn-queue.ts';

const place = { session_id: 's', turn_id: 't', at: 0 };
const delta = (seq: number, text: string, message_id = 'm'): TurnEvent => ({
  type: 'message.delta',
  ...place,
  seq,
  message_id,
  channel: 'answer',
  text,
});

test('a consumer that keeps up sees every event', async () => {
  const queue = new TurnQueue();
  for (const seq of [1, 2, 3]) {
    queue.push(delta(seq, `${seq}`));
    expect(await queue.next()).toMatchObject({ seq });
  }
});

test('a slow one gets the deltas of a message as one, with the last seq, and nothing is lost', async () => {
  const queue = new TurnQueue();
  for (let seq = 1; seq <= 100_000; seq++) queue.push(delta(seq, 'x'));
  queue.push(delta(100_001, 'y', 'other'));
  expect(queue.length).toBe(2);
  expect(await queue.next()).toMatchObject({ seq: 100_000, text: 'x'.repeat(100_000) });
  expect(await queue.next()).toMatchObject({ seq: 100_001, text: 'y' });
});

test('what was pushed is delivered before the end, and before the error', async () => {
  const queue = new TurnQueue();
  queue.push(delta(1, 'a'));
  queue.end(new Error('gone'));
  queue.push(delta(2, 'b'));
  expect(await queue.next()).toMatchObject({ text: 'a' });
  await expect(queue.next()).rejects.toThrow('gone');
});
