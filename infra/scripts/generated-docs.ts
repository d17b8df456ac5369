const NOTE = '<!-- Written by `npm run check -- --write`; edit the sources that it names. -->';

const METRIC = /\b(counter|gauge|histogram)\(\s*'([a-z0-9_]+)',\s*'([^']+)',?\s*(?:\[([^\]]*)\])?/g;

export type Metric = {
  readonly name: string;
  readonly kind: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly path: string;
};

/** Every metric that a module of `sources` (path → source) registers. */
export function metricsOf(sources: ReadonlyMap<string, string>): Metric[] {
  return [...sources]
    .filter(([path]) => /^(shared|services)\//.test(path) && !path.endsWith('.test.ts'))
    .flatMap(([path, source]) =>
      [...source.matchAll(METRIC)].map(([, kind = '', name = '', help = '', given = '']) => {
        const labels = [...given.matchAll(/'([^']+)'/g)].map(([, label = '']) => label);
        return { name: `surfaces_${name}`, kind, help, labels, path };
      }),
    );
}

/** `docs/METRICS.md`: every metric of `sources`. */
export function metricsTable(sources: ReadonlyMap<string, string>): string {
  const rows = metricsOf(sources)
    .map(({ name, kind, help, labels, path }) => [
      `\`${name}\``,
      kind,
      labels.map((label) => `\`${label}\``).join(', '),
      help,
      `\`${path}\``,
    ])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return page(
    'Metrics',
    'Every role serves these, as far as it has them, and the defaults of prom-client under `/metrics`, with its name as the label `role`.\n' +
      'Histograms are in seconds.',
    table(['metric', 'kind', 'labels', 'meaning', 'made in'], rows),
  );
}

/** A generated page: its title, the note that it is one, an introduction. */
export function page(title: string, introduction: string, content: string): string {
  return `# ${title}\n\n${NOTE}\n\n${introduction}\n\n${content}`;
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
