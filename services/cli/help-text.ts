import { wrapText } from './demo/text-width.ts';

const COLUMNS = 100;
/** With it and the longest summary a line of the list has 100 columns; what is longer stands in the command's own help. */
const USAGE = 31;

type Listed = { readonly usage: string; readonly summary: string };

/** What `surfaces --help` prints. */
export function listText(commands: Readonly<Record<string, Listed>>): string {
  const lines = Object.entries(commands).map(([name, { usage, summary }]) => {
    const shown = usage.length <= USAGE ? usage : `${name} …`;
    return `  ${shown.padEnd(USAGE)}  ${summary}`;
  });
  return `surfaces: AI agents in Matrix

${lines.join('\n')}

surfaces <command> --help says all of one. Exit codes, where a command names no others:
0 done · 1 it failed · 64 wrong usage · 78 the configuration has to be changed
`;
}

/** What `surfaces <command> --help` prints: paragraphs are filled, and what an option does stays in its column. */
export function helpText({ usage, summary }: Listed, details = ''): string {
  const blocks = details.trim().split(/\n{2,}/);
  const filled = blocks.map((block) =>
    block.startsWith(' ') ? block.split('\n').map(optionText) : [paragraph(block)],
  );
  const text = filled.map((lines) => lines.join('\n')).join('\n\n');
  return `${usage}\n  ${summary}\n${text ? `\n${text}\n` : ''}`;
}

function paragraph(block: string): string {
  return wrapText(block.replaceAll('\n', ' '), COLUMNS).join('\n');
}

function optionText(line: string): string {
  const title = /^ +\S.*? {2,}/.exec(line)?.[0] ?? '';
  if (!title) return line;
  const lines = wrapText(line.slice(title.length), COLUMNS - title.length);
  return title + lines.join(`\n${' '.repeat(title.length)}`);
}
