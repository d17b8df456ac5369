import { describe, expect, test } from 'vitest';
import { explainCall } from './explain-call.ts';

const diff = (oldText: string | undefined, newText: string) => ({ type: 'diff', path: 'a.txt', oldText, newText });
const explain = (content: readonly unknown[], rawInput?: unknown) => explainCall({ content, rawInput });

describe('a tool call is explained by', () => {
  test('its command', () => {
    expect(explain([], { command: 'rm -rf build', description: 'clean' })).toBe('rm -rf build');
    expect(explain([], { command: ['bash', '-lc', 'make'] })).toBe('bash -lc make');
  });

  test('the lines that change, and not those around them', () => {
    expect(explain([diff('a\nb\nc\n', 'a\nx\ny\nc\n')])).toBe('a.txt:\n- b\n+ x\n+ y');
    expect(explain([diff(undefined, 'new\nfile\n')])).toBe('a.txt:\n+ new\n+ file');
    expect(explain([diff('a\na\n', 'a\n')])).toBe('a.txt:\n- a');
  });

  test('what it says of itself', () => {
    expect(explain([{ type: 'content', content: { type: 'text', text: 'fetches a page' } }])).toBe('fetches a page');
  });

  test('its arguments, where there is nothing else', () => {
    expect(explain([], { url: 'https://example.org' })).toBe('{\n "url": "https://example.org"\n}');
  });

  test('nothing, where nothing is known', () => {
    expect(explain([])).toBeUndefined();
    expect(explain(['nonsense', { type: 'diff' }, { content: 7 }], {})).toBe('A file:');
  });
});

describe('what is too long', () => {
  test('is cut, and how much is missing is said', () => {
    expect(explain([], { command: 'x'.repeat(5_000) })).toMatch(/^x+…\n\(1000 more characters are not shown\.\)$/);
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at}`).join('\n');
    expect(explain([diff('', lines)])).toMatch(/\+ line 59\n\(40 more lines\)$/);
  });
});
