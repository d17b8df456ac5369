import { IN_THE_IMAGE } from '../../../shared/runtime/called-as.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { type Style, styleWith } from '../demo/terminal.ts';
import { wrapText } from '../demo/text-width.ts';
import type { Finding } from './finding.ts';

/** `status` asks what `up` started here. */
const ROLES = IN_THE_IMAGE ? 'the operator’s page says' : '`npm run surfaces -- status` says';
const COLUMNS = 100;
const NAME = 12;
const INDENT = ' '.repeat(4 + NAME);
const MARKS: Record<Finding['level'], (style: Style) => string> = {
  ok: ({ green }) => green('✓'),
  warning: ({ yellow }) => yellow('!'),
  error: ({ red }) => red('✗'),
};

/** A line, and under it what to do. Only commands are wider than 100 columns: they are there to be copied. */
export function findingText({ name, level, text, remedy }: Finding, colours: boolean): string {
  const style = styleWith(colours);
  const [first = '', ...rest] = wrapText(harmless(text), COLUMNS - INDENT.length);
  const lines = [`  ${MARKS[level](style)} ${name.padEnd(NAME)}${first}`, ...rest.map((line) => INDENT + line)];
  return `${[...lines, ...(remedy ?? '').split('\n').flatMap((line, at) => remedyLines(line, at === 0, style))].join('\n')}\n`;
}

function remedyLines(line: string, isFirst: boolean, style: Style): string[] {
  if (line === '') return [];
  if (line.startsWith('$ ')) return [`${INDENT}  ${style.bold(line.slice(2))}`];
  const wrapped = wrapText(harmless(line), COLUMNS - INDENT.length - 2);
  return wrapped.map((part, at) => style.dim(`${INDENT}${isFirst && at === 0 ? '→' : ' '} ${part}`));
}

/** How it stands, in one sentence. */
export function summaryText(findings: readonly Finding[]): string {
  const of = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings] = [of('error'), of('warning')];
  if (errors + warnings === 0) return `\n  All that surfaces needs is well; ${ROLES} how its roles are.\n`;
  const parts = [
    ...(errors > 0 ? [errors === 1 ? '1 thing is wrong' : `${errors} things are wrong`] : []),
    ...(warnings > 0 ? [warnings === 1 ? '1 should be changed' : `${warnings} should be changed`] : []),
  ];
  return `\n  ${parts.join(', ')}.\n`;
}
