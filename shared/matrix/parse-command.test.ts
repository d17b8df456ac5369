import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMMANDS, commandNamed, placementOf } from './command-placement.ts';
import { parseText } from './parse-command.ts';

test.each([
  ['!stop', 'stop', ''],
  ['  !Stop all ', 'stop', 'all'],
  ['! stop', 'stop', ''],
  ['!СТОП', 'stop', ''],
  ['!новая Поездка в Рим', 'new', 'Поездка в Рим'],
  ['!новая\nПоездка', 'new', 'Поездка'],
  ['!rename Ünï côdé', 'rename', 'Ünï côdé'],
  ['!?', 'help', ''],
  ['!Frobnicate now', 'frobnicate', 'now'],
  ['!да', 'yes', ''],
])('%j is the command %s with %j', (text, name, rest) => {
  expect(parseText(text)).toEqual({ command: { name, rest } });
});

test.each([['hello !stop'], ['!'], ['! '], ['!!'], ['!…'], ['!=3'], ['']])('%j is text', (text) => {
  expect('text' in parseText(text)).toBe(true);
});

test('two exclamation marks say one', () => {
  expect(parseText('!!stop')).toEqual({ text: '!stop' });
});

test('no two commands share a word, and every word finds its command in any case', () => {
  const words = Object.entries(COMMANDS).flatMap(([name, { also }]) => [name, ...also]);
  expect(new Set(words).size).toBe(words.length);
  for (const [name, { also }] of Object.entries(COMMANDS))
    for (const word of [name, ...also]) expect(commandNamed(word.toUpperCase())).toBe(name);
});

test('what does not exist overtakes, whatever it is called', () => {
  for (const name of ['frobnicate', '__proto__', 'constructor', 'toString']) expect(placementOf(name)).toBe('overtake');
});

test('no text is lost, and none throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
      (text) => {
        const parsed = parseText(`!${text}`);
        if ('command' in parsed) expect(`!${text}`.toLowerCase()).toContain(parsed.command.rest.toLowerCase());
        else expect([`!${text}`, `!${text}`.trimStart().slice(1)]).toContain(parsed.text);
      },
    ),
  );
});
