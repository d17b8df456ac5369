import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeOpenMarkup } from './close-open-markup.ts';
import { renderMarkdown } from './markdown.ts';
import { growth } from './testing/growth.ts';
import { htmlProblems, visibleText } from './testing/html-shape.ts';
import { agentMarkdown, hostileText } from './testing/markdown-arbitrary.ts';

describe('half a marker is not shown', () => {
  test.each([
    ['emphasis', 'a **bo', 'a **bo**'],
    ['half a closing marker', 'a **bold*', 'a **bold**'],
    ['an opening marker', 'a **', 'a'],
    ['both kinds', '***both', '***both***'],
    ['the inner of both is closed', '***both** x', '***both** x*'],
    ['emphasis around code', '**a `b', '**a `b`**'],
    ['emphasis around nothing', 'a **`', 'a'],
    ['strike-through', '~~gone', '~~gone~~'],
    ['a code span', 'a `co', 'a `co`'],
    ['a code span with a backtick', '``a `b', '``a `b``'],
    ['a link’s label', 'a [li', 'a li'],
    ['a link’s address', 'a [link](htt', 'a link'],
    ['a picture', 'see ![alt](ht', 'see alt'],
    ['an autolink', 'x <http://a', 'x'],
    ['an escape', 'a\\', 'a'],
    ['half a character', 'a \ud83c', 'a'],
    ['a heading’s mark', 'a\n\n#', 'a'],
    ['a list item’s mark', '- a\n- ', '- a'],
    ['a number’s mark', '1. a\n2.', '1. a'],
    ['what would make the line before a heading', 'text\n-', 'text'],
    ['a fence', 'a\n\n``', 'a'],
    ['a fence’s language', 'a\n\n```js', 'a'],
    ['code', '```js\nlet a', '```js\nlet a\n```'],
    ['code and half of its end', '```js\nlet a\n``', '```js\nlet a\n```'],
    ['code in a list', '- x\n  ```py\n  a', '- x\n  ```py\n  a\n  ```'],
    ['code in a quote', '> ```\n> a', '> ```\n> a\n> ```'],
    ['a table’s head', 'a\n\n| b | c', 'a'],
    ['the line under it', 'a\n\n| b | c |\n|--', 'a'],
    ['a table’s row', '| b |\n|---|\n| 1 |\n| 2', '| b |\n|---|\n| 1 |'],
  ])('%s', (_what, partial, expected) => expect(closeOpenMarkup(partial)).toBe(expected));

  test.each([
    '2 * 3 * 4',
    'snake_case_name',
    'x < y',
    '[1] said',
    '`a` **b** _c_',
    '```js\na\n```',
    '**a**\n\n- b',
    '[[marker]] hi',
    '12',
  ])('what is whole stays: %j', (text) => expect(closeOpenMarkup(text)).toBe(text));
});

test('every beginning of any text renders well', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, agentMarkdown), (text) => {
      for (let end = 0; end <= Math.min(text.length, 80); end++) {
        const { html } = renderMarkdown(closeOpenMarkup(text.slice(0, end)));
        expect(html === null ? [] : htmlProblems(html)).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('of an agent’s Markdown nothing is shown that will not stand there in the end', () => {
  fc.assert(
    fc.property(agentMarkdown, fc.nat(1000), (text, from) => {
      const whole = shown(text);
      const start = from % text.length;
      for (let end = start; end <= Math.min(text.length, start + 40); end++) {
        const partial = text.slice(0, end);
        // `[1]` is shown as it is: only an address that follows would make it a link.
        if (partial.endsWith(']')) continue;
        const part = shown(closeOpenMarkup(partial));
        // The last few characters may be of a token that is not finished.
        expect(whole.startsWith(part.slice(0, -1)), `${JSON.stringify(partial)} shows ${part}`).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
}, 60_000);

test('a closed text is not closed again', () => {
  fc.assert(
    fc.property(agentMarkdown, fc.nat(400), (text, end) => {
      const once = closeOpenMarkup(text.slice(0, end));
      expect(closeOpenMarkup(`${once}\n\n`)).toBe(once);
    }),
  );
});

test.each(['*a ', '_a *b ~~c ', '[a](', '`'.repeat(3), '[', '<a', 'x~~ ', '`a``b', '> - ', '|a\n', '- - '])(
  'time is not quadratic: %j',
  (piece) => expect(growth(closeOpenMarkup, (size) => piece.repeat(size / piece.length))).toBeLessThan(4),
);

function shown(markdown: string): string {
  const { body, html } = renderMarkdown(markdown);
  return html === null ? body.replace(/\s+/g, '') : visibleText(html);
}
