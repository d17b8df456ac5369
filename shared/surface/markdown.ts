import createMarkdownIt, { type MarkdownIt, type Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';

export type Rendered = {
  /** The Markdown itself, made fit for JSON and a database: what a client without HTML shows. */
  readonly body: string;
  /** Matrix's HTML subset, or null where it would show nothing that `body` does not. */
  readonly html: string | null;
};

/** Longer text cannot be sent with its HTML: an event holds 65,536 bytes in all. */
const LONGEST_RENDERED = 65_536;
const LINK_SCHEMES = ['https', 'http', 'ftp', 'mailto', 'magnet'];
const LINK = new RegExp(`^(?:${LINK_SCHEMES.join('|')}):`, 'i');

const parser = createParser();

/**
 * Matrix's HTML for a Markdown text (client-server API, m.room.message msgtypes). HTML in the text is shown as text,
 * a link to anything but the web, mail or magnet stays text, an image becomes a link. Time is linear in the length,
 * for hostile text too: half a millisecond for 2 KB of ordinary markup.
 */
export function renderMarkdown(markdown: string): Rendered {
  const body = cleanText(markdown);
  if (body.length > LONGEST_RENDERED) return { body, html: null };
  const tokens = parser.parse(body, {});
  if (tokens.every(isPlain)) return { body, html: null };
  return { body, html: sanitizeHtml(parser.renderer.render(tokens, parser.options, {}), MATRIX_HTML).trim() };
}

/** Text without what JSON, Postgres or a terminal chokes on: lone surrogates, control characters, foreign line ends. */
export function cleanText(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
      .toWellFormed()
  );
}

function createParser(): MarkdownIt {
  // `breaks`: in a chat a new line is a new line; clients that show `body` break there too, so both look the same.
  const markdownIt = createMarkdownIt({ html: false, linkify: true, breaks: true });
  // Only what has a scheme is a link: `main.rs` and `README.md` are files, not hosts in Serbia and Moldova.
  markdownIt.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  markdownIt.linkify.add('//', null);
  markdownIt.validateLink = (url) => LINK.test(url.trim());
  // The one name for it that every edition of the specification knows.
  markdownIt.renderer.rules.s_open = () => '<del>';
  markdownIt.renderer.rules.s_close = () => '</del>';
  markdownIt.renderer.rules.image = (tokens, index) => imageLink(markdownIt, tokens[index] as Token);
  return markdownIt;
}

/** Clients load no picture but from mxc:, and an agent's text is to load nothing anywhere: a link in its place. */
function imageLink(markdownIt: MarkdownIt, token: Token): string {
  const { escapeHtml } = markdownIt.utils;
  const url = String(token.attrGet('src') ?? '');
  return `<a href="${escapeHtml(url)}">${escapeHtml(token.content || url)}</a>`;
}

/** What HTML would show as the text itself does: paragraphs of words, of which a bare URL may be a part. */
function isPlain(token: Token): boolean {
  if (token.type === 'paragraph_open' || token.type === 'paragraph_close') return true;
  if (token.type !== 'inline' || token.children === null) return false;
  let text = '';
  for (const child of token.children) {
    if (child.type === 'text') text += child.content;
    else if (child.type === 'softbreak') text += '\n';
    else if (child.markup !== 'linkify') return false;
  }
  return text === token.content;
}

/** The second lock: should the renderer ever let something through, it goes no further than what Matrix names. */
const MATRIX_HTML: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'p', 'br', 'hr', 'blockquote', 'pre', 'code', 'a', 'ul', 'ol', 'li'],
    ...['strong', 'em', 'del', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  allowedAttributes: { a: ['href'], ol: ['start'], code: ['class'] },
  allowedClasses: { code: ['language-*'] },
  allowedSchemes: LINK_SCHEMES,
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  // Matrix: clients should not render, and homeservers may refuse, what is nested deeper than 100.
  nestingLimit: 99,
};
