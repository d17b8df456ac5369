import { harmless } from '../../../shared/texts/harmless.ts';
import { paintMarkdown } from './paint-markdown.ts';
import type { Answer } from './person/answers.ts';
import { isFinal } from './person/answers.ts';
import { redraw } from './redraw.ts';
import { seconds, type Terminal } from './terminal.ts';
import { wrapText } from './text-width.ts';

const RULE = '  │ ';

/** Shows one message of the bot while it grows, and its figures under it. */
export type MessageView = {
  readonly show: (answer: Answer) => void;
  readonly end: (answer: Answer) => void;
};

/**
 * On a terminal the growing message is redrawn in place. Elsewhere each line is written once, when it is whole, behind
 * the time since the question, so that a log shows the streaming too.
 */
export function openMessageView(terminal: Terminal, askedAt: number): MessageView {
  return terminal.interactive ? redrawnView(terminal, askedAt) : progressiveView(terminal, askedAt);
}

function redrawnView(terminal: Terminal, askedAt: number): MessageView {
  const { style } = terminal;
  // The width of the beginning: a window that is made narrower in the middle wraps by itself.
  const width = terminal.columns() - RULE.length - 2;
  let drawn: string[] = [];
  const draw = (answer: Answer) => {
    const lines = paintMarkdown(wrapText(harmless(answer.text).trimEnd(), width), style);
    const next = [
      ...lines.map((line) => style.dim(RULE) + line),
      style.dim(`  ${isFinal(answer) ? '└' : '●'} ${figures(answer, askedAt)}`),
    ];
    terminal.write(redraw(drawn, next, terminal.rows()));
    drawn = next;
  };
  return {
    show: draw,
    end: (answer) => {
      draw(answer);
      terminal.write('\n');
    },
  };
}

function progressiveView(terminal: Terminal, askedAt: number): MessageView {
  const { style } = terminal;
  const width = terminal.columns() - RULE.length - 12;
  let written = 0;
  let before: string[] = [];
  const write = (lines: readonly string[], at: number) => {
    for (const line of lines) terminal.write(`${style.dim(`${seconds(at - askedAt).padStart(8)} │`)} ${line}\n`);
    written += lines.length;
  };
  const linesOf = (answer: Answer) => paintMarkdown(wrapText(harmless(answer.text).trimEnd(), width), style);
  return {
    // What two versions have in common stays: the last line grows, and markup that a draft closes opens again.
    show: (answer) => {
      const lines = linesOf(answer);
      const differs = lines.findIndex((line, index) => line !== before[index]);
      write(lines.slice(written, Math.max(written, differs)), performance.now());
      before = lines;
    },
    end: (answer) => {
      write(linesOf(answer).slice(written), performance.now());
      terminal.write(style.dim(`${' '.repeat(9)}└ ${figures(answer, askedAt)}\n\n`));
    },
  };
}

/** `first words 0.09 s · 5 edits · whole answer 0.8 s` */
export function figures(answer: Answer, askedAt: number): string {
  const parts = [
    `first words ${seconds((answer.firstAt ?? performance.now()) - askedAt)}`,
    `${answer.edits} ${answer.edits === 1 ? 'edit' : 'edits'}`,
  ];
  if (answer.parts.length > 1) parts.push(`${answer.parts.length} messages`);
  if (answer.finalAt !== undefined) parts.push(`whole answer ${seconds(answer.finalAt - askedAt)}`);
  else parts.push(`${seconds(performance.now() - askedAt)} so far`);
  if (answer.state === 'failed') parts.push(`failed: ${answer.code ?? 'no code'}`);
  if (answer.state === 'stopped') parts.push('stopped');
  return parts.join(' · ');
}
