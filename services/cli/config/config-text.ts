import { harmless } from '../../../shared/texts/harmless.ts';
import { type Style, styleWith } from '../demo/terminal.ts';
import { textWidth, wrapText } from '../demo/text-width.ts';
import type { Setting, SettingGroup } from './settings.ts';

/** What `config` has to say. */
export type Configuration = {
  readonly environment: string;
  /** The folder of the running stack whose values are among these. */
  readonly stack: string | null;
  readonly groups: readonly SettingGroup[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
};

const COLUMNS = 100;
const INDENT = 2;
const FROM = 13;
/** A longer value is cut: a prompt of a page is not what is looked for here. */
const MOST_LINES = 8;

/** A table by groups, at most 100 columns wide; what is not as it comes stands out. */
export function configText(configuration: Configuration, colours: boolean): string {
  const style = styleWith(colours);
  const { environment, stack, groups, problems, warnings } = configuration;
  const used = groups.filter(({ inUse, settings }) => inUse || settings.some(isSet));
  const others = groups.filter((group) => !used.includes(group));
  const names = used.flatMap(({ settings }) => settings.map(({ name }) => name.length));
  const wide = Math.max(...names) + 2;
  return [
    '',
    `  ${style.bold(`Settings in force, ${environment}`)}${stack ? style.dim(` · with those of the stack in ${stack}`) : ''}`,
    ...used.flatMap(({ title, about, settings }) => [
      '',
      `  ${style.cyan(title)}  ${style.dim(about)}`,
      ...settings.flatMap((setting) => linesOf(setting, wide, style)),
    ]),
    '',
    ...(others.length > 0 ? [style.dim(`  Not in use: ${others.map(({ title }) => title).join(', ')}`), ''] : []),
    ...marked(warnings, style.yellow('!')),
    ...marked(problems, style.red('✗')),
    ...(problems.length > 0 ? ['', `  ${style.red(`${count(problems.length)} to be changed.`)}`, ''] : []),
    ...(problems.length === 0 && warnings.length > 0 ? [''] : []),
  ].join('\n');
}

function isSet({ from }: Setting): boolean {
  return from !== 'default' && from !== 'not set';
}

function linesOf(setting: Setting, wide: number, style: Style): string[] {
  const { name, value, from, file } = setting;
  const width = COLUMNS - INDENT - wide - FROM - 2;
  const shown = value === null ? '' : value === '' ? 'none' : harmless(value);
  const all = wrapText(shown.replaceAll('\n', ' '), width);
  const lines = all.length > MOST_LINES ? [...all.slice(0, MOST_LINES - 1), cut(all[MOST_LINES - 1]!, width)] : all;
  const paint = isSet(setting) ? (text: string) => text : style.dim;
  const rest = lines.slice(1).map((line) => paint(' '.repeat(INDENT + wide) + line));
  const first = `${' '.repeat(INDENT)}${name.padEnd(wide)}${padded(lines[0]!, width)}  ${from}`;
  const where = file === undefined ? [] : [style.dim(`${' '.repeat(INDENT + wide)}from ${harmless(file)}`)];
  return [paint(first), ...rest, ...where];
}

function cut(line: string, width: number): string {
  return `${[...line].slice(0, width - 1).join('')}…`;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

function marked(texts: readonly string[], mark: string): string[] {
  return texts.flatMap((text) =>
    wrapText(harmless(text), COLUMNS - 4).map((line, at) => (at === 0 ? `  ${mark} ${line}` : `    ${line}`)),
  );
}

function count(problems: number): string {
  return problems === 1 ? 'One setting has' : `${problems} settings have`;
}
