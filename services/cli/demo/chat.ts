import { createInterface } from 'node:readline';
import { ask, type Conversation } from './conversation.ts';
import type { Terminal } from './terminal.ts';

const CTRL_C = '\x03';
const ESCAPE = '\x1b';

/** A small chat in the room, until `/quit`, Ctrl-C or the end of the input. While an answer streams, Esc stops it. */
export async function chat(conversation: Conversation, terminal: Terminal): Promise<void> {
  const { style } = terminal;
  terminal.write(style.dim('  Write to the agent. Esc stops an answer, /quit or Ctrl-C leaves.\n\n'));
  let history: string[] = [];
  let ahead = '';
  for (;;) {
    const line = await readLine(`${style.green('  you ▸')} `, history, ahead);
    ahead = '';
    if (line === undefined || /^\/(quit|exit|q)$/.test(line.trim())) return;
    if (line.trim() === '') continue;
    history = [line, ...history].slice(0, 100);
    const keys = watchKeys(() => void conversation.person.say(conversation.room, '!stop').catch(() => {}));
    try {
      const left = await Promise.race([ask(conversation, terminal, line), keys.left]);
      if (left === 'left') return;
    } catch (error) {
      terminal.write(style.red(`  ${(error as Error).message}\n\n`));
    } finally {
      ahead = keys.end();
    }
  }
}

function readLine(prompt: string, history: string[], typed: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const reader = createInterface({ input: process.stdin, output: process.stdout, history: [...history], prompt });
    const finish = (line: string | undefined) => {
      resolve(line);
      reader.close();
    };
    reader.on('line', finish);
    reader.on('SIGINT', () => finish(undefined));
    reader.on('close', () => resolve(undefined));
    reader.prompt();
    if (typed) reader.write(typed);
  });
}

/** Reads single keys while an answer is drawn; what is typed ahead is kept for the next line. */
function watchKeys(onEscape: () => void): { left: Promise<'left'>; end: () => string } {
  let typed = '';
  let leave: (left: 'left') => void;
  const left = new Promise<'left'>((resolve) => {
    leave = resolve;
  });
  const onKey = (data: Buffer) => {
    const keys = data.toString('utf8');
    if (keys.includes(CTRL_C)) leave('left');
    else if (keys === ESCAPE) onEscape();
    else if (!keys.startsWith(ESCAPE)) typed += keys.replace(/\p{Cc}/gu, '');
  };
  process.stdin.setRawMode(true);
  process.stdin.resume();
  process.stdin.on('data', onKey);
  return {
    left,
    end: () => {
      process.stdin.off('data', onKey);
      process.stdin.setRawMode(false);
      process.stdin.pause();
      return typed;
    },
  };
}
