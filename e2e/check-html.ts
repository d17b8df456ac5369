/** The tags that Matrix clients have to understand: client-server API 1.13, m.room.message msgtypes. */
const ALLOWED = new Set(
  (
    'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td ' +
    'caption pre span img details summary'
  ).split(' '),
);
const EMPTY = new Set(['br', 'hr', 'img']);

/** What is wrong with a `formatted_body`: tags that are not allowed, not closed, or closed in the wrong order. */
export function checkHtml(html: string): string[] {
  const problems: string[] = [];
  const open: string[] = [];
  for (const [, closing, name = '', attributes = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)([^<>]*)>/gi)) {
    if (!ALLOWED.has(name)) problems.push(`<${name}> is not allowed`);
    if (/\son\w+\s*=|javascript:/i.test(attributes)) problems.push(`<${name}${attributes}> could run something`);
    if (EMPTY.has(name)) continue;
    if (!closing) open.push(name);
    else if (open.pop() !== name) problems.push(`</${name}> closes something else`);
  }
  if (open.length > 0) problems.push(`not closed: ${open.join(' ')}`);
  const rest = html.replace(/<\/?[a-z][a-z0-9-]*[^<>]*>/gi, '');
  if (/[<>]/.test(rest)) problems.push('a bare < or > stands in the text');
  return problems;
}
