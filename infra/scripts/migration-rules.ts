import { markOf } from '../../shared/store/migration-mark.ts';

/** Everything up to this one was written before there were marks, and cannot be changed any more. */
const LAST_WITHOUT_RULES = '20261128120000_reconcile';

/** They grow with every message: what locks them for long stops everybody. */
const BIG = new Set(
  'lane_item lane_send lane_amendment lane_reject live_message file_in file_out question told turn_spent'.split(' '),
);

/** What the release before would trip over while it works, clause by clause; `unless` makes it harmless. */
const TRIPS: readonly { readonly what: string; readonly pattern: RegExp; readonly unless?: RegExp }[] = [
  { what: 'drops what older code may use', pattern: /\bDROP\s+(TABLE|COLUMN|CONSTRAINT|FUNCTION|VIEW|TYPE|SCHEMA)\b/i },
  { what: 'empties a table', pattern: /\bTRUNCATE\b/i },
  { what: 'renames what older code knows by its name', pattern: /\bRENAME\b/i },
  { what: 'changes a type, which writes the table anew under a lock', pattern: /\bALTER\s.*\bTYPE\b/is },
  { what: 'asks older code for a value that it does not know of', pattern: /\bSET\s+NOT\s+NULL\b/i },
  { what: 'takes a default away, which older code relies on', pattern: /\bDROP\s+DEFAULT\b/i },
  {
    what: 'adds a column that has to be set, without a default',
    pattern: /\bADD\s+(?!CONSTRAINT\b).*\bNOT\s+NULL\b/is,
    unless: /\bDEFAULT\b/i,
  },
  {
    what: 'adds a constraint that is checked under a lock: say NOT VALID, and validate it later',
    pattern: /\bADD\s+CONSTRAINT\b/i,
    unless: /\bNOT\s+VALID\b/i,
  },
];

/**
 * What is wrong with migrations: a new one says whether it expands or contracts, waits for no lock without end, builds
 * indexes on what is big while everybody works, and, where it expands, does nothing that the release before, which runs
 * on it, would trip over. A comment `-- why: …` before a statement excuses an index that is not built or dropped so.
 */
export function migrationProblems(migrations: readonly { readonly name: string; readonly sql: string }[]): string[] {
  return migrations
    .filter(({ name }) => name > LAST_WITHOUT_RULES)
    .flatMap(({ name, sql }) => problemsOf(sql).map((problem) => `prisma/migrations/${name}: ${problem}`));
}

type Part = { readonly text: string; readonly table: string; readonly excused: boolean };

function problemsOf(sql: string): string[] {
  const { kind, piecewise } = markOf(sql);
  if (kind === 'unmarked')
    return ['its first line has to be `-- surfaces: expands` or `-- surfaces: contracts` (docs/MIGRATIONS.md)'];
  if (piecewise && sql.includes('$$')) return ['goes statement by statement, and cannot hold the body of a function'];
  const all = partsOf(sql);
  const made = new Set(all.filter(({ text }) => /^CREATE\s+TABLE\b/i.test(text)).map(({ table }) => table));
  // What is done to a table that this very migration makes meets nobody.
  const parts = all.filter(({ table }) => !made.has(table));
  const locking = parts.some(({ text }) => /^(ALTER|DROP|CREATE\s+(UNIQUE\s+)?INDEX|UPDATE|DELETE)\b/i.test(text));
  return [
    ...(locking && !/\bSET\s+(LOCAL\s+)?lock_timeout\b/i.test(sql)
      ? ['sets no lock_timeout: while it waits for a lock, everybody behind it waits, too']
      : []),
    ...parts.flatMap((part) => indexProblems(part, piecewise, sql)),
    ...(kind === 'expands' ? parts.flatMap(tripsOf) : []),
  ];
}

function indexProblems({ text, table, excused }: Part, piecewise: boolean, sql: string): string[] {
  const [, verb, concurrently, name] =
    /^(CREATE|DROP)\s+(?:UNIQUE\s+)?INDEX\s+(CONCURRENTLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?(\w+)/i.exec(text) ?? [];
  if (!verb) return [];
  if (!concurrently) {
    const matters = verb.toUpperCase() === 'DROP' || BIG.has(table);
    return matters && !excused ? [`without CONCURRENTLY, and without saying why: ${firstLine(text)}`] : [];
  }
  if (!piecewise)
    return [
      `CONCURRENTLY inside of a transaction: say \`, statement by statement\` in the first line: ${firstLine(text)}`,
    ];
  const droppedFirst = new RegExp(`DROP\\s+INDEX\\s+CONCURRENTLY\\s+IF\\s+EXISTS\\s+"?${name}\\b`, 'i').test(sql);
  return droppedFirst ? [] : [`does not drop ${name} first: an interrupted build leaves it there, and invalid`];
}

function tripsOf({ text }: Part): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .flatMap((clause) =>
      TRIPS.filter(({ pattern, unless }) => pattern.test(clause) && !unless?.test(clause)).map(
        ({ what }) => `expands, and ${what}: ${firstLine(clause)}`,
      ),
    );
}

/** Statements without their comments, and without the bodies of functions, which do nothing before they are called. */
function partsOf(sql: string): Part[] {
  return sql
    .replaceAll(/\$\$.*?\$\$/gs, '')
    .split(';')
    .map((part) => {
      const text = part.replaceAll(/--[^\n]*/g, '').trim();
      const table = /\b(?:TABLE|ON)\s+(?:ONLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"?(\w+)/i.exec(text)?.[1] ?? '';
      return { text, table, excused: /--\s*why: \S/.test(part) };
    })
    .filter(({ text }) => text !== '');
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!;
}
