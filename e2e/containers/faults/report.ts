import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { seconds } from '../seconds.ts';

/** What was seen of one fault. Times in milliseconds; undefined where it does not apply. */
export type Row = {
  readonly fault: string;
  readonly target: string;
  /** How long it lasted, where it does not end by itself. */
  readonly lasted: number | undefined;
  /** Until what was asked as it began was answered; `later`: not before its end. */
  readonly meanwhile: number | 'later' | undefined;
  /** From its beginning, or its end where it lasts: until all answers that stream grow again. */
  readonly grew: number | undefined;
  /** From there until what was asked then was answered. */
  readonly answered: number | undefined;
  readonly note: string;
};

const TABLE = /(<!-- measured -->\n).*?(<!-- to here -->)/s;

/** In Markdown. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ fault, target, lasted, meanwhile, grew, answered, note }) => [
    lasted === undefined ? fault : `${fault}, ${seconds(lasted)}`,
    target,
    meanwhile === undefined ? '' : meanwhile === 'later' ? 'waits' : `answered after ${seconds(meanwhile)}`,
    grew === undefined ? '' : seconds(grew),
    answered === undefined ? '' : seconds(answered),
    note,
  ]);
  const head = ['fault', 'container', 'asked as it began', 'answers grow again', 'asked then, answered', ''];
  const line = (each: readonly string[]) => `| ${each.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...cells.map(line)].join('\n');
}

/** Prints what was measured; with `page`, the table there is exchanged for it, which stands between two comments. */
export function report(rows: readonly Row[], page: string | undefined): void {
  const measured = `Measured on ${availableParallelism()} cores, which had the whole stack and the people on them:\n\n${table(rows)}`;
  console.log(`\n${measured}\n`);
  if (page)
    writeFileSync(
      page,
      readFileSync(page, 'utf8').replace(TABLE, (_, begin, end) => `${begin}${measured}\n${end}`),
    );
}
