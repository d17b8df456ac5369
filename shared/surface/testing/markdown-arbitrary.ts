import fc from 'fast-check';

const words = fc.array(fc.constantFrom('one', 'two', 'слово', 'ещё', 'x', '🎉', 'naïve', '10', 'a_b'), {
  minLength: 1,
  maxLength: 6,
});
const plain = words.map((list) => list.join(' '));
const inline = fc
  .array(
    fc.oneof(
      plain,
      plain.map((text) => `**${text}**`),
      plain.map((text) => `*${text}*`),
      plain.map((text) => `\`${text}\``),
      plain.map((text) => `~~${text}~~`),
      plain.map((text) => `**bold and \`${text}\`**`),
      plain.map((text) => `[${text}](https://example.org/a?b=c&d=e_f)`),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((pieces) => pieces.join(' '));
const fence = fc
  .tuple(fc.constantFrom('', 'ts', 'python'), fc.array(plain, { minLength: 1, maxLength: 5 }))
  .map(([language, lines]) => `\`\`\`${language}\n${lines.join('\n')}\n\`\`\``);
const list = fc
  .array(inline, { minLength: 1, maxLength: 4 })
  .map((items) => items.map((item) => `- ${item}`).join('\n'));
const table = fc
  .array(fc.tuple(plain, plain), { minLength: 1, maxLength: 4 })
  .map((rows) => ['| head | tail |', '|---|---|', ...rows.map(([a, b]) => `| ${a} | ${b} |`)].join('\n'));

/** Markdown as agents write it. */
export const agentMarkdown = fc
  .array(
    fc.oneof(
      inline,
      inline.map((text) => `## ${text}`),
      inline.map((text) => `> ${text}`),
      fence,
      list,
      table,
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((blocks) => blocks.join('\n\n'));

/** Anything, and rich in what markup is made of. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'*_`~[]()<>|#-+.!\\\n\n\t &;:/"\'1a', '```', '> ', '- ', '\ud83c', '\u0000', 'http://a'),
      fc.string(),
    ),
    {
      maxLength: 60,
    },
  )
  .map((pieces) => pieces.join(''));
