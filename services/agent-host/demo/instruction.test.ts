import fc from 'fast-check';
import { expect, test } from 'vitest';
import { count, readInstruction, readMessage, size } from './instruction.ts';

const text = (words: string) => readMessage([{ type: 'text', text: words }]);

test('markers are taken out of the text, wherever they stand, each once', () => {
  expect(text('[[a]] one [[b 2]] two [[a]].')).toMatchObject({ text: 'one two.', markers: ['[[a]]', '[[b 2]]'] });
  expect(text('demo words=3 [[x]]').text).toBe('demo words=3');
  expect(text('a [single] [[un\nclosed]] b')).toMatchObject({ markers: [] });
});

test('a name may stand alone or with a value of its own', () => {
  expect(readInstruction('demo words=200 pace=20')).toMatchObject({ name: 'words' });
  expect(readInstruction('Demo Recall')).toMatchObject({ name: 'recall', rest: '' });
  expect(readInstruction('demo file a b.txt size=2k')).toMatchObject({ name: 'file', words: 'a b.txt' });
  expect(readInstruction('demo remember x=1 and y')).toMatchObject({ name: 'remember', rest: 'x=1 and y' });
  expect(readInstruction('demonstrate')).toBeNull();
  expect(readInstruction('demo')).toBeNull();
  expect(readInstruction('please demo words=2')).toBeNull();
});

test('numbers that make no sense are the defaults, and none is above the most', () => {
  const given = readInstruction('demo words=-3 pace=x first=99 size=10k')!;
  expect(count(given, 'words', 7, 100)).toBe(7);
  expect(count(given, 'pace', 20, 100)).toBe(20);
  expect(count(given, 'first', 0, 50)).toBe(50);
  expect(size(given, 'size', 1, 1e9)).toBe(10_240);
  expect(size(given, 'other', 5, 1e9)).toBe(5);
});

test('no text is too strange', () => {
  fc.assert(
    fc.property(fc.string(), (words) => {
      const message = text(`demo ${words}`);
      const instruction = readInstruction(message.text);
      if (instruction) expect(count(instruction, 'words', 1, 10)).toBeLessThanOrEqual(10);
    }),
  );
});
