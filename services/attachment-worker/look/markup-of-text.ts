/** What a text's first element says it is; null where it begins with none of these. */
export type Markup = 'svg' | 'html' | 'xml' | null;

/** Elements with which only a page begins. A Markdown file may begin with a `<div>` or an `<img>`. */
const PAGE = new Set(['html', 'head', 'body', 'script', 'iframe', 'meta', 'style', 'title']);

/**
 * Looks for the first element behind declaration, comments and document type, as a browser does that opens the file. Each
 * step is a search from where the last one ended, so that no text takes long.
 */
export function markupOfText(text: string): Markup {
  let at = skipSpace(text, 0);
  let xml = false;
  while (text[at] === '<') {
    if (text.startsWith('<?', at)) {
      xml ||= text.startsWith('<?xml', at);
      at = behind(text, '?>', at);
    } else if (text.startsWith('<!--', at)) {
      at = behind(text, '-->', at);
    } else if (text.startsWith('<!', at)) {
      const name = /^<!doctype\s+([a-z:]{1,20})/i.exec(text.slice(at, at + 100))?.[1]?.toLowerCase();
      if (name === 'html' || name === 'svg') return name;
      // An internal subset holds declarations with `>` of their own.
      const subset = text.indexOf('[', at);
      const end = text.indexOf('>', at);
      at = subset >= 0 && subset < end ? behind(text, '>', behind(text, ']', subset)) : behind(text, '>', at);
    } else {
      const name = /^<(?:[\w-]{1,40}:)?([a-z][\w-]{0,40})/i.exec(text.slice(at, at + 100))?.[1]?.toLowerCase();
      if (name === 'svg') return 'svg';
      if (name !== undefined && !xml && PAGE.has(name)) return 'html';
      if (name === 'html') return 'html';
      break;
    }
    at = skipSpace(text, at);
  }
  return xml ? 'xml' : null;
}

function behind(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at < 0 ? text.length : at + end.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at]!)) at += 1;
  return at;
}
