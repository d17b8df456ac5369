import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText, renderMarkdown } from './markdown.ts';
import { growth } from './testing/growth.ts';
import { htmlProblems } from './testing/html-shape.ts';
import { agentMarkdown, hostileText } from './testing/markdown-arbitrary.ts';

const html = (markdown: string) => renderMarkdown(markdown).html;

describe('what is written', () => {
  test.each([
    ['**b** *i* ~~s~~ `c<d`', '<p><strong>b</strong> <em>i</em> <del>s</del> <code>c&lt;d</code></p>'],
    ['```js\nlet a = 1;\n```', '<pre><code class="language-js">let a = 1;\n</code></pre>'],
    ['3. a\n4. b', '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'],
    ['**a**\nb', '<p><strong>a</strong><br />\nb</p>'],
    ['[x](https://a.b/?c=d&e=f)', '<p><a href="https://a.b/?c=d&amp;e=f">x</a></p>'],
    [
      '| a |\n|--:|\n| 1 |',
      '<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>',
    ],
    ['![alt](https://a.b/c.png)', '<p><a href="https://a.b/c.png">alt</a></p>'],
  ])('%j', (markdown, expected) => expect(html(markdown)).toBe(expected));

  test.each([
    'hello',
    'two\nlines',
    'two\n\nparagraphs',
    'https://example.org/a_b_c',
    '@room and @user:server.org',
    'main.rs',
    '2 < 3',
  ])('without markup there is no HTML: %j', (markdown) =>
    expect(renderMarkdown(markdown)).toEqual({ body: markdown, html: null }),
  );
});

describe('what is refused', () => {
  test.each([
    ['<script>alert(1)</script> **x**', '<p>&lt;script&gt;alert(1)&lt;/script&gt; <strong>x</strong></p>'],
    ['<img src=x onerror=alert(1)> **x**', '<p>&lt;img src=x onerror=alert(1)&gt; <strong>x</strong></p>'],
    ['**x** [a](javascript:alert(1))', '<p><strong>x</strong> [a](javascript:alert(1))</p>'],
    ['**x** [a](JaVaScRiPt&colon;alert(1))', '<p><strong>x</strong> [a](JaVaScRiPt:alert(1))</p>'],
    ['**x** [a](//evil.example)', '<p><strong>x</strong> [a](//evil.example)</p>'],
    ['**x** ![a](data:image/png;base64,aaaa)', '<p><strong>x</strong> ![a](data:image/png;base64,aaaa)</p>'],
    ['**x** <https://a.b>', '<p><strong>x</strong> <a href="https://a.b">https://a.b</a></p>'],
    ['```"><script>\nx\n```', '<pre><code class="language-&quot;&gt;&lt;script&gt;">x\n</code></pre>'],
  ])('%j', (markdown, expected) => expect(html(markdown)).toBe(expected));

  test('control characters, lone surrogates and foreign line ends', () => {
    expect(cleanText('a\u0000b\u001b[31m\r\nc\rd\ud800\te')).toBe('ab[31m\nc\nd\ufffd\te');
  });

  test('text that fits no event is not rendered', () => expect(html('**a** '.repeat(20_000))).toBeNull());
});

test('any text gives well-formed HTML within Matrix’s subset', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, agentMarkdown), (text) => {
      const { body, html: rendered } = renderMarkdown(text);
      expect(body.isWellFormed()).toBe(true);
      expect(rendered === null ? [] : htmlProblems(rendered)).toEqual([]);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('nothing is nested deeper than Matrix takes', () => {
  for (const deep of [
    '> '.repeat(500),
    `${'*a '.repeat(300)}b${' c*'.repeat(300)}`,
    `${'> '.repeat(60)}${'*'.repeat(600)}a${'*'.repeat(600)}`,
    `${'- '.repeat(500)}x`,
  ]) {
    expect(htmlProblems(html(deep) ?? '')).toEqual([]);
  }
});

/** Each of them made some parser of Markdown quadratic. Seconds would be an opinion about the machine: ratios are not. */
const BOMBS: Record<string, (size: number) => string> = {
  brackets: (size) => '['.repeat(size),
  stars: (size) => '*'.repeat(size),
  'opening stars': (size) => '*a '.repeat(size / 3),
  'inner stars': (size) => 'a**b'.repeat(size / 4),
  'mixed emphasis': (size) => '*a _b '.repeat(size / 6),
  quotes: (size) => '> '.repeat(size / 2),
  'quoted lines': (size) => '> a\n'.repeat(size / 4),
  backticks: (size) => Array.from({ length: Math.sqrt(2 * size) }, (_, n) => '`'.repeat(n + 1)).join('a'),
  'half links': (size) => '[a]('.repeat(size / 4),
  images: (size) => '!['.repeat(size / 2),
  angles: (size) => '<'.repeat(size),
  addresses: (size) => 'http://'.repeat(size / 7),
  cells: (size) => `|a|b|\n|-|-|\n${'|||\n'.repeat(size / 4)}`,
  'nested items': (size) => Array.from({ length: Math.sqrt(2 * size) }, (_, n) => `${' '.repeat(n)}- a`).join('\n'),
};

test.each(Object.entries(BOMBS))(
  'time is not quadratic: %s',
  (_name, bomb) => {
    expect(growth(renderMarkdown, bomb)).toBeLessThan(4);
  },
  60_000,
);
