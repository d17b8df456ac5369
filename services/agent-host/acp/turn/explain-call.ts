import { field, list, record, textField } from '../../../../shared/config/json.ts';
import { cutText } from '../conversation/cut-text.ts';

/** Characters, and lines of a change: what a person reads before a yes. The protocol takes 8,192. */
const LONGEST = 4_000;
const LINES = 60;

/**
 * What a tool call would do, for the person who may allow it: the command, the changes, else its arguments. What does not fit
 * is left out, and that it is left out is said.
 * @returns undefined where the title says all that is known.
 */
export function explainCall({
  content,
  rawInput,
}: {
  content: readonly unknown[];
  rawInput: unknown;
}): string | undefined {
  const command = commandOf(rawInput);
  const shown = content.flatMap((part) => explainPart(part) ?? []);
  const parts = [...(command ? [command] : []), ...shown.filter((text) => text !== command)];
  const whole = (parts.length > 0 ? parts : argumentsOf(rawInput)).join('\n\n').trim();
  if (whole.length <= LONGEST) return whole || undefined;
  return `${cutText(whole, LONGEST)}\n(${whole.length - LONGEST} more characters are not shown.)`;
}

function commandOf(rawInput: unknown): string | undefined {
  const command = field(rawInput, 'command') ?? field(rawInput, 'cmd');
  if (typeof command === 'string') return command;
  // As an argument vector.
  const words = list(command).filter((word) => typeof word === 'string');
  return words.length > 0 ? words.join(' ') : undefined;
}

function explainPart(part: unknown): string | undefined {
  if (textField(part, 'type') === 'diff')
    return `${textField(part, 'path') ?? 'A file'}:\n${changes(textField(part, 'oldText') ?? '', textField(part, 'newText') ?? '')}`;
  return textField(field(part, 'content'), 'text');
}

/** The lines that go and come, without those that stay at the beginning and at the end. */
function changes(before: string, after: string): string {
  const old = linesOf(before);
  const now = linesOf(after);
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const gone = old.slice(head, old.length - tail).map((line) => `- ${line}`);
  const come = now.slice(head, now.length - tail).map((line) => `+ ${line}`);
  const all = [...gone, ...come];
  const left = all.length - LINES;
  return [...all.slice(0, LINES), ...(left > 0 ? [`(${left} more lines)`] : [])].join('\n');
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function argumentsOf(rawInput: unknown): string[] {
  const given = record(rawInput);
  return given && Object.keys(given).length > 0 ? [JSON.stringify(given, null, 1)] : [];
}
