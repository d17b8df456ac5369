import { describe, expect, test } from 'vitest';
import type { UserId } from '../../shared/ids/ids.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import { isAddressed, namesOf, withoutAddress } from './addressed.ts';
import { withQuote } from './quoted.ts';

const self = '@surfaces:example.org' as UserId;
const names = namesOf(self, 'Surfaces Bot');
const message = (text: string, mentions: string[] = []) => ({ text, mentions }) as unknown as MessageItem;

describe('among several people', () => {
  test.each([
    ['surfaces: demo words=3', 'demo words=3'],
    ['Surfaces Bot, how are you?', 'how are you?'],
    ['@surfaces:example.org: hi', 'hi'],
    ['@surfaces hi there', 'hi there'],
    ['@surfaces:example.org hi', 'hi'],
  ])('%j calls the bot by its name, which the agent is not told', (text, rest) => {
    expect(isAddressed(message(text), null, self, names)).toBe(true);
    expect(withoutAddress(text, names)).toBe(rest);
  });

  test.each(['hello everybody', 'surfaces are flat', 'the surfaces: wet', 'surfaces'])('%j does not', (text) => {
    expect(isAddressed(message(text), null, self, names)).toBe(false);
    expect(withoutAddress(text, names)).toBe(text);
  });

  test('a mention, or a reply to the bot, is meant for it; a reply to somebody else is not', () => {
    expect(isAddressed(message('so?', [self]), null, self, names)).toBe(true);
    expect(isAddressed(message('so?'), { sender: self, text: 'x' }, self, names)).toBe(true);
    expect(isAddressed(message('so?'), { sender: '@bob:x' as UserId, text: 'x' }, self, names)).toBe(false);
  });
});

test('a reply brings what it replies to', () => {
  const quoted = { sender: '@bob:x' as UserId, text: 'one\ntwo\n' };
  expect(withQuote('three', quoted)).toBe('> <@bob:x> one\n> two\n\nthree');
  expect(withQuote('three', { sender: null, text: '' })).toBe('three');
  expect(withQuote('three', null)).toBe('three');
});
