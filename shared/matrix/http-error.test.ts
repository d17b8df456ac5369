import { expect, test } from 'vitest';
import { errorOfAnswer, MatrixRefusal, retryAfter } from './http-error.ts';

const limit = { errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests' };

test('a 429 says how long to wait, from the header, the field, or the longer of both', () => {
  const wait = (headers: Record<string, string>, body: object) =>
    errorOfAnswer('PUT /x', 429, headers, body).retryAfterMs;
  expect(wait({ 'retry-after': '3' }, limit)).toBe(3_000);
  expect(wait({}, { ...limit, retry_after_ms: 1_500 })).toBe(1_500);
  expect(wait({ 'retry-after': '2' }, { ...limit, retry_after_ms: 1_500 })).toBe(2_000);
  expect(wait({}, limit)).toBe(1_000);
  expect(wait({}, { ...limit, retry_after_ms: 'soon' })).toBe(1_000);
});

test('retry-after may be a date, and is never longer than ten minutes', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfter('Thu, 01 Jan 2026 00:00:07 GMT', undefined, 1, now)).toBe(7_000);
  expect(retryAfter('86400', undefined)).toBe(600_000);
  expect(retryAfter('-5', -1)).toBe(1_000);
});

test.each([
  [401, { errcode: 'M_UNKNOWN_TOKEN' }, 'matrix_token_invalid', 'permanent'],
  [401, { errcode: 'M_MISSING_TOKEN' }, 'matrix_token_invalid', 'permanent'],
  [500, {}, 'matrix_unavailable', 'wait'],
  [502, '<html>', 'matrix_unavailable', 'wait'],
  [302, undefined, 'matrix_unavailable', 'wait'],
  [403, { errcode: 'M_FORBIDDEN', error: 'no' }, 'matrix_refused', 'permanent'],
  [413, { errcode: 'M_TOO_LARGE' }, 'matrix_refused', 'permanent'],
  [404, undefined, 'matrix_refused', 'permanent'],
])('%i %j is %s', (status, body, code, disposition) => {
  const error = errorOfAnswer('GET /x', status, {}, body);
  expect(error.code).toBe(code);
  expect(error.disposition).toBe(disposition);
});

test('a refusal carries status and errcode', () => {
  const error = errorOfAnswer('GET /x', 403, {}, { errcode: 'M_FORBIDDEN', error: 'not in the room' });
  expect(error).toBeInstanceOf(MatrixRefusal);
  expect(error).toMatchObject({ status: 403, errcode: 'M_FORBIDDEN' });
  expect(error.message).toContain('not in the room');
});
