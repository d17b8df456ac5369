import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeClientFrame, decodeHostFrame, encodeFrame } from './frame.ts';

test('an id of 64 characters is told back, whatever they are made of', () => {
  const id = '🎉'.repeat(64);
  expect(decodeClientFrame(JSON.stringify({ type: 'session.list', id }))).toMatchObject({ kind: 'message' });
  expect(decodeClientFrame(JSON.stringify({ type: 'from.the_future', id }))).toMatchObject({ kind: 'unknown', id });
  expect(decodeClientFrame(JSON.stringify({ type: 'from.the_future', id: `${id}x` }))).not.toHaveProperty('id');
});

test('whatever comes is a message, unknown or malformed, and never an exception', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(['message', 'unknown', 'malformed']).toContain(decodeClientFrame(text).kind);
      expect(['message', 'unknown', 'malformed']).toContain(decodeHostFrame(text).kind);
    }),
  );
});

test('unknown fields are dropped and unknown types told apart from broken ones', () => {
  const cancel = { type: 'turn.cancel', id: '1', session_id: 's', turn_id: 't' } as const;
  const decoded = decodeClientFrame(JSON.stringify({ ...cancel, colour: 'blue' }));
  expect(decoded).toEqual({ kind: 'message', message: cancel });
  expect(decodeClientFrame(encodeFrame(cancel))).toEqual(decoded);
  expect(decodeClientFrame('{"type":"turn.dance","id":"7"}')).toEqual({ kind: 'unknown', type: 'turn.dance', id: '7' });
  expect(decodeClientFrame('{"type":"turn.cancel","id":"7"}')).toMatchObject({ kind: 'malformed', id: '7' });
});

test('an error code that this version does not know is an internal error', () => {
  const frame = JSON.stringify({ type: 'error', re: '1', code: 'from_the_future', message: '', retryable: false });
  expect(decodeHostFrame(frame)).toMatchObject({ kind: 'message', message: { code: 'internal' } });
});
