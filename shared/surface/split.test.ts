import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerContent } from './answer-content.ts';
import { renderMarkdown } from './markdown.ts';
import { editContent } from './matrix-content.ts';
import { splitAnswer } from './split.ts';
import { agentMarkdown, hostileText } from './testing/markdown-arbitrary.ts';

const MESSAGE = { op: 'o'.repeat(26), state: 'done', part: 1, last: false } as const;
const SMALL = { maxBytes: 600 };
const texts = (text: string, limits?: { maxBytes: number }) => splitAnswer(text, limits).map((part) => part.text);
const bytes = (text: string) => Buffer.byteLength(text);

describe('where an answer is cut', () => {
  test('a short one is not, and an empty one has one part', () => {
    expect(splitAnswer('hello\n\nthere')).toEqual([{ text: 'hello\n\nthere', last: true }]);
    expect(splitAnswer('')).toEqual([{ text: '', last: true }]);
  });

  test('between paragraphs', () => {
    const [a, b] = ['a'.repeat(300), 'b'.repeat(300)];
    expect(splitAnswer(`${a}\n\n${b}`, SMALL)).toEqual([
      { text: a, last: false },
      { text: b, last: true },
    ]);
  });

  test('not after a heading, but before it', () => {
    const [a, b] = ['a'.repeat(200), 'b'.repeat(400)];
    expect(texts(`${a}\n\n## Heading\n\n${b}`, SMALL)).toEqual([a, `## Heading\n\n${b}`]);
  });

  test('between lines, else between words, else between characters', () => {
    expect(texts(`${'a'.repeat(300)}\n${'b'.repeat(300)}`, SMALL)).toEqual(['a'.repeat(300), 'b'.repeat(300)]);
    expect(texts(`${'a'.repeat(300)} ${'b'.repeat(300)}`, SMALL)).toEqual(['a'.repeat(300), 'b'.repeat(300)]);
    expect(texts('я'.repeat(400), SMALL).join('')).toBe('я'.repeat(400));
  });

  test('never inside what is one character to a reader', () => {
    const family = '👨‍👩‍👧‍👦';
    for (const part of texts(family.repeat(100), SMALL)) expect(part.replaceAll(family, '')).toBe('');
  });

  test('before a fence, rather than inside it', () => {
    const code = `\`\`\`ts\n${'let a = 1;\n'.repeat(25)}\`\`\``;
    expect(texts(`${'a'.repeat(250)}\n${code}`, SMALL)).toEqual(['a'.repeat(250), code]);
  });

  test('inside a fence it is closed, and opened again with its language', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `const value${n} = ${n};`);
    const parts = texts(`\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n\nDone.`, SMALL);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part.startsWith('```ts\n')).toBe(true);
    for (const part of parts.slice(0, -1)) expect(part.endsWith('\n```')).toBe(true);
    expect(parts.join('\n').match(/const value\d+ = \d+;/g)).toEqual(lines);
  });

  test('code in a list item is opened again at the margin, where no list holds it', () => {
    const code = Array.from({ length: 60 }, (_, n) => `      call(${n});`).join('\n');
    const parts = texts(`1. Do this:\n\n      \`\`\`\n${code}\n      \`\`\`\n\nDone.`, SMALL);
    expect(parts[1]).toMatch(/^```\ncall\(\d+\);/);
    expect(parts.at(-1)).toMatch(/\n```\n\nDone\.$/);
  });

  test('the contract’s long answer: fifty paragraphs, joined by a blank line', () => {
    for (const letter of ['w', 'ю']) {
      const answer = Array.from({ length: 50 }, (_, k) => `¶${k} ${letter.repeat(1980)} end ${k}`).join('\n\n');
      const parts = texts(answer);
      expect(parts.length).toBeGreaterThan(5);
      expect(parts.join('\n\n')).toBe(answer);
    }
  });
});

describe('for every text', () => {
  const anything = fc.oneof(
    hostileText,
    agentMarkdown,
    fc.array(fc.oneof(hostileText, agentMarkdown), { maxLength: 12 }).map((pieces) => pieces.join('\n\n')),
  );

  test('the parts before the last stay as they are while it grows', () => {
    fc.assert(
      fc.property(anything, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }), (text, places) => {
        const whole = texts(text, SMALL);
        for (const place of places) {
          const partial = texts(text.slice(0, Math.floor(text.length * place)), SMALL).slice(0, -1);
          expect(partial).toEqual(whole.slice(0, partial.length));
        }
      }),
    );
  });

  test('white space at its end, or half a character, is not what makes it overflow', () => {
    const full = 'a'.repeat(SMALL.maxBytes - 160);
    expect(splitAnswer(full, SMALL)).toEqual([{ text: full, last: true }]);
    for (const more of ['\n', '\n\n', '\n\n  \n', ' ', '\ud83c']) {
      expect(splitAnswer(full + more, SMALL)).toEqual([{ text: full, last: true }]);
    }
    expect(texts(`${full}\n\n  \n b`, SMALL)).toEqual([full, ' b']);
  });

  test('each part is within the limit, none but the only one is empty, and one is the last', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const parts = splitAnswer(text, SMALL);
        for (const part of parts) {
          expect(bytes(part.text)).toBeLessThanOrEqual(SMALL.maxBytes);
          if (parts.length > 1) expect(part.text.trim()).not.toBe('');
        }
        expect(parts.map((part) => part.last)).toEqual(parts.map((_, index) => index === parts.length - 1));
      }),
    );
  });

  test('paragraphs joined by a blank line are the whole answer', () => {
    const paragraph = fc.string({ unit: fc.constantFrom('a', 'б', ' ', '.', '🎉'), minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(
        fc.array(
          paragraph.map((text) => `.${text}.`),
          { minLength: 1, maxLength: 30 },
        ),
        (paragraphs) => {
          const answer = paragraphs.join('\n\n');
          expect(texts(answer, SMALL).join('\n\n')).toBe(answer);
        },
      ),
    );
  });

  test('no word is lost', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const letters = (markdown: string) =>
          markdown
            .replace(/^[> ]*(```|~~~)[^\n]*$/gm, '')
            .match(/[\p{L}\p{N}]/gu)
            ?.join('') ?? '';
        expect(letters(texts(text, SMALL).join('\n'))).toBe(letters(text));
      }),
    );
  });
});

test.each([
  'a',
  '"',
  '<',
  '&',
  '\\',
  '\n.\n',
  '*a* ',
  '**a** ',
  '|a',
  '`a` ',
  '- a\n',
  '> a\n\n',
  'я',
  '🎉',
  '[a](http://b) ',
  '# a\n',
  '"\\\n',
])('a full part of %j fits an event, with its HTML', (piece) => {
  const [text] = texts(piece.repeat(Math.ceil(60_000 / bytes(piece))));
  const edit = editContent(`$${'e'.repeat(43)}`, answerContent({ ...MESSAGE, text: text! }));
  expect(bytes(JSON.stringify(edit))).toBeLessThan(60_000);
  if (renderMarkdown(text!).html !== null) expect(edit['m.new_content']).toHaveProperty('formatted_body');
});
