import { describe, expect, test } from 'vitest';
import { COMMANDS } from './commands.ts';
import { helpText, listText } from './help-text.ts';

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

test('the list of commands has one line for each, and fits into 100 columns', () => {
  const text = listText(COMMANDS);
  for (const name of Object.keys(COMMANDS)) expect(text).toMatch(new RegExp(`^  ${name}( |$)`, 'm'));
  expect(widest(text)).toBeLessThanOrEqual(100);
});

describe('help of a command', () => {
  test.each(Object.keys(COMMANDS))('%s: fits into 100 columns and names its exit codes', async (name) => {
    const entry = COMMANDS[name]!;
    const text = helpText(entry, await entry.details());
    expect(widest(text)).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^Exit codes: /m);
  });

  test('what an option does goes on in its own column', () => {
    const text = helpText({ usage: 'x', summary: 'y' }, `\nOne\ntwo.\n\n  --z      ${'word '.repeat(20)}\n`);
    expect(text).toBe(`x\n  y\n\nOne two.\n\n  --z      ${'word '.repeat(17)}word\n           word word\n`);
  });
});
