import { expect, test } from 'vitest';
import { piecesOf } from './pieces.ts';

const TEXT = 'One.\n\nTwo.\n\n```\na\n\nb\n```\n\nThree.';

test.each([
  ['between paragraphs, before the gap', 4, ['One.', '\n\nTwo.\n\n```\na\n\nb\n```\n\nThree.']],
  ['between paragraphs, behind the gap', 6, ['One.\n\n', 'Two.\n\n```\na\n\nb\n```\n\nThree.']],
  ['in a word', 2, [TEXT]],
  ['in a fence', TEXT.indexOf('b\n'), [TEXT]],
  ['before everything', 0, [TEXT]],
  ['behind everything', TEXT.length, [TEXT]],
])('%s', (_, place, pieces) => {
  expect(piecesOf(TEXT, [place])).toEqual(pieces);
});

test('several places, and the same one twice', () => {
  expect(piecesOf(TEXT, [4, 4, 10])).toEqual(['One.', '\n\nTwo.', TEXT.slice(10)]);
});

test('where a text still grows, a piece that is cut off stays as it is', () => {
  for (let length = 12; length <= TEXT.length; length++) expect(piecesOf(TEXT.slice(0, length), [4])[0]).toBe('One.');
});
