import { VARIABLES, type Variable } from '../../shared/config/variables.ts';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import { ENGLISH } from '../../shared/texts/catalogue.ts';
import type { Entry } from '../../shared/texts/entry.ts';

const HOW = { permanent: 'ends it', retry: 'is tried again', wait: 'waits, without using up an attempt' };
const NOTE = '<!-- Written by `npm run check -- --write`; edit the sources that it names. -->';

/** `docs/ERRORS.md`: every code, what it does, what to do about it, and what the person reads. */
export function errorTable(): string {
  const texts = ENGLISH as Readonly<Record<string, Entry>>;
  const rows = Object.entries(ERROR_CODES).map(([code, { disposition, operator }]) => [
    `\`${code}\``,
    HOW[disposition],
    operator,
    texts[code] === undefined ? '' : sentence(texts[code]),
  ]);
  return page(
    'Errors',
    'From `shared/errors/codes.ts` and `shared/texts/`. The code stands in the log, in `/ready`, and in the `dev.surfaces` content of\nwhat a person reads.',
    table(['code', 'the work', 'for the operator', 'what the person reads'], rows),
  );
}

/** `docs/CONFIGURATION.md`: every environment variable. */
export function configurationTable(): string {
  const rows = Object.entries(VARIABLES as Record<string, Variable<unknown>>).map(([name, variable]) => [
    `\`${name}\``,
    `${variable.meaning}${variable.secret ? ' (secret)' : ''}`,
    code(variable.development),
    variable.production === undefined ? '**required**' : code(variable.production),
    code(variable.example),
  ]);
  return page(
    'Configuration',
    'From `shared/config/variables.ts`. `NAME_FILE` may stand for `NAME` and names a file that holds the value. Durations are seconds or\n' +
      'carry a unit (`90`, `10m`, `24h`). A role reads only what it needs, and lists everything that is wrong at once (exit code 78).\n\n' +
      'In development `npm run up` embeds every server that is not named. It also reads `SURFACES_HOME` (where everything of a stack\n' +
      'lies, `.surfaces` by default) and `SURFACES_CACHE` (where downloaded servers lie, `~/.cache/surfaces` by default).',
    table(['variable', 'meaning', 'development', 'production', 'for example'], rows),
  );
}

const METRIC = /\b(counter|gauge|histogram)\(\s*'([a-z0-9_]+)',\s*'([^']+)',?\s*(?:\[([^\]]*)\])?/g;

/** `docs/METRICS.md`: every metric that a module of `sources` (path → source) registers. */
export function metricsTable(sources: ReadonlyMap<string, string>): string {
  const rows = [...sources]
    .filter(([path]) => /^(shared|services)\//.test(path) && !path.endsWith('.test.ts'))
    .flatMap(([path, source]) =>
      [...source.matchAll(METRIC)].map(([, kind = '', name = '', help = '', labels = '']) => {
        const names = [...labels.matchAll(/'([^']+)'/g)].map((label) => `\`${label[1]}\``).join(', ');
        return [`\`surfaces_${name}\``, kind, names, help, `\`${path}\``];
      }),
    )
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

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

function sentence(entry: Entry): string {
  const text = typeof entry === 'string' ? entry : entry.other;
  // Their links lead into somebody's room.
  return text.replaceAll('\n', ' ').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
