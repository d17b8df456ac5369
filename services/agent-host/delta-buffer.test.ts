import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Delta, DeltaBuffer } from './delta-buffer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const delta = (text: string, message_id = 'm', channel: Delta['channel'] = 'answer'): Delta => ({
  type: 'message.delta',
  message_id,
  channel,
  text,
});
function buffer() {
  const out: string[] = [];
  return {
    out,
    deltas: new DeltaBuffer(({ message_id, channel, text }) => out.push(`${message_id} ${channel} ${text}`)),
  };
}

test('the first words go out at once, what follows soon goes out together, and nothing is lost or moved', () => {
  const { out, deltas } = buffer();
  deltas.push(delta('a'));
  expect(out).toEqual(['m answer a']);
  for (const text of ['b', 'c', 'd']) {
    vi.advanceTimersByTime(10);
    deltas.push(delta(text));
  }
  expect(out).toHaveLength(1);
  vi.advanceTimersByTime(170);
  expect(out).toEqual(['m answer a', 'm answer bcd']);
  vi.advanceTimersByTime(1_000);
  deltas.push(delta('e'));
  expect(out.at(-1)).toBe('m answer e');
});

test('the first words of another message or channel go out at once, in mid-window too', () => {
  const { out, deltas } = buffer();
  deltas.push(delta('hm', 'thought', 'thought'));
  deltas.push(delta('…', 'thought', 'thought'));
  deltas.push(delta('Yes', 'answer'));
  expect(out).toEqual(['thought thought hm', 'thought thought …', 'answer answer Yes']);
  deltas.push(delta(', so', 'answer'));
  deltas.push(delta(' be it', 'answer'));
  expect(out).toHaveLength(3);
  vi.advanceTimersByTime(200);
  expect(out.slice(3)).toEqual(['answer answer , so be it']);
});

test('another message, another channel or a large text does not wait behind it', () => {
  const { out, deltas } = buffer();
  deltas.push(delta('a'));
  deltas.push(delta('b'));
  deltas.push(delta('hm', 'm', 'thought'));
  deltas.push(delta('x', 'n'));
  deltas.push(delta('y'.repeat(40_000), 'n'));
  deltas.flush();
  expect(out.map((line) => line.slice(0, 12))).toEqual([
    'm answer a',
    'm answer b',
    'm thought hm',
    'n answer x',
    'n answer yyy',
  ]);
  deltas.flush();
  expect(out).toHaveLength(5);
});
