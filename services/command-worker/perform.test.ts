import { expect, test } from 'vitest';
import type { Command, CommandCall, CommandParts } from './command.ts';
import { COMMAND_LIST } from './command-list.ts';
import { type Part, perform } from './perform.ts';

const PARTS = {} as CommandParts;
const inArchive = {
  room: { kind: 'chat', state: 'archived', sessionId: 'chat-1' },
  language: 'en',
  rest: '',
} as unknown as CommandCall;

/** A command as it is listed, which only says what was done of it. */
function told(name: string): Command {
  const listed = COMMAND_LIST.find((each) => each.name === name)!;
  const run = async () => ({ text: 'run' });
  return { ...listed, run, confirmed: async () => ({ text: 'confirmed' }) } as Command;
}

test.each<[string, Part['part'], string]>([
  ['archive', 'run', 'archived'],
  // Run again after a kill, it finds the room as it has left it.
  ['archive', 'confirmed', 'confirmed'],
  ['clear', 'confirmed', 'archived'],
  ['clear', 'run', 'archived'],
  ['help', 'run', 'run'],
])('!%s, %s, in an archived room: %s', async (name, part, expected) => {
  const { text, code } = await perform(told(name), inArchive, PARTS, { part } as Part);
  expect(code ?? text).toBe(expected);
});
