import { describe, expect, test } from 'vitest';
import { callArguments } from './call-arguments.ts';
import { cutResult, MOST_RESULT_BYTES } from './cut-result.ts';

describe('arguments of a call', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['', {}],
    [' ', {}],
    ['null', {}],
    ['"{\\"a\\":1}"', { a: 1 }],
  ])('%j are taken', (text, value) => {
    expect(callArguments(text)).toEqual({ ok: true, value });
  });

  test.each(['{"a":', '[1]', '7', '"words"', 'true'])('%j are refused with a reason that quotes them', (text) => {
    const read = callArguments(text);
    expect(read.ok).toBe(false);
    expect(read.ok || read.problem).toContain(text === '"words"' ? 'words' : text);
  });
});

test('a result is cut at 32 KiB, not inside a character, and says so', () => {
  const fits = 'x'.repeat(MOST_RESULT_BYTES);
  expect(cutResult(fits)).toBe(fits);
  const cut = cutResult(`x${'ж'.repeat(20_000)}`);
  expect(cut).not.toContain('\uFFFD');
  expect(cut.endsWith('ж\n[Cut: these are the first 32767 of 40001 bytes.]')).toBe(true);
});
