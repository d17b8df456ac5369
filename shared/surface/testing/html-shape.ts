/** Matrix's list (client-server API, m.room.message msgtypes), as far as we use it: tag → attributes. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    'h1 h2 h3 h4 h5 h6 p br hr blockquote pre ul li strong em del table thead tbody tr th td'
      .split(' ')
      .map((tag) => [tag, []]),
  ),
  a: ['href'],
  ol: ['start'],
  code: ['class'],
};

/** What is wrong with a piece of HTML, in words; empty where it is well formed and within Matrix's subset. */
export function htmlProblems(html: string): string[] {
  const problems: string[] = [];
  const open: string[] = [];
  const rest = html.replace(
    /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)( \/)?>/g,
    (_whole, slash, tag, attributes) => {
      if (!(tag in ALLOWED)) problems.push(`tag ${tag}`);
      for (const [, name = '', value = ''] of String(attributes).matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
        if (!ALLOWED[tag]?.includes(name)) problems.push(`attribute ${name} of ${tag}`);
        if (name === 'href' && !/^(https?|ftp|mailto|magnet):/i.test(value)) problems.push(`address ${value}`);
        if (name === 'class' && !value.startsWith('language-')) problems.push(`class ${value}`);
      }
      if (tag === 'br' || tag === 'hr') return '';
      if (!slash) open.push(tag);
      else if (open.pop() !== tag) problems.push(`</${tag}> closes something else`);
      if (open.length > 100) problems.push('deeper than 100');
      return '';
    },
  );
  if (open.length > 0) problems.push(`left open: ${open.join(' ')}`);
  if (/[<>]/.test(rest)) problems.push(`a bare < or >: ${rest.slice(0, 80)}`);
  return problems;
}

/** What a reader sees, white space aside. */
export function visibleText(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, '');
}
