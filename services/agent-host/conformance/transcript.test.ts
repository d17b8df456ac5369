import { expect, test } from 'vitest';
import type { Frame, Passed } from './frame.ts';
import { excerpt } from './transcript.ts';

const delta = (seq: number): Frame => ({ type: 'message.delta', seq, text: 'x' });
const got = (frames: readonly Frame[]): Passed[] => frames.map((frame, at) => ({ at, from: 'host', frame, bytes: 10 }));

test('of a long row of deltas the ends are shown, and the frame in question with its neighbours in time', () => {
  const deltas = Array.from({ length: 500 }, (_, index) => delta(index + 1));
  const end: Frame = { type: 'turn.ended', seq: 501 };
  const passed = [{ at: -1, from: 'client' as const, sent: { type: 'turn.start' } }, ...got([...deltas, end])];
  const shown = excerpt([{ passed, closed: undefined }], deltas[249]);
  expect(shown.map((line) => line.replace(/^.* s {2}/, ''))).toEqual([
    'A → {"type":"turn.start"}',
    `A ← ${JSON.stringify(delta(1))}`,
    `A ← ${JSON.stringify(delta(250))}`,
    `A ← ${JSON.stringify(delta(500))}`,
    `A ← ${JSON.stringify(end)}`,
  ]);
  expect(shown.filter((line) => line.startsWith('▶'))).toEqual([expect.stringContaining('"seq":250')]);
});

test('however much passed, and however long it is, a failure stays readable', () => {
  const pongs = Array.from({ length: 300 }, (_, nonce): Frame => ({ type: 'pong', nonce: `${nonce}`.repeat(5_000) }));
  const closed = { code: 1006, reason: 'cut by the suite', at: 0 };
  const shown = excerpt([{ passed: got(pongs), closed }]);
  expect(shown.length).toBeLessThan(17);
  expect(shown[0]).toBe('  … 286 earlier');
  expect(shown.at(-1)).toBe('  A was closed with 1006 cut by the suite');
  for (const line of shown) expect(line.length).toBeLessThan(300);
});
