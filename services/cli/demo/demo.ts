import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../shared/stack/project-root.ts';
import { readStack, type Stack } from '../../../shared/stack/stack-file.ts';
import { stackHome } from '../../../shared/stack/stack-home.ts';
import { chat } from './chat.ts';
import { ask, type Conversation, drop } from './conversation.ts';
import { showGoingOn } from './going-on.ts';
import { meetBot } from './meet-bot.ts';
import type { DroppedFile } from './person/files.ts';
import { Person } from './person/person.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What the demo person does, one thing after the other: something to say, or a file to drop into the room. */
const STEPS: readonly (string | DroppedFile)[] = [
  'Hello! Who are you, and where are we?',
  'demo markdown',
  'demo words=150 pace=40',
  {
    name: 'Заметки к встрече.txt',
    content: Buffer.from('Agenda: ship it.\nThen celebrate.\n'),
    type: 'text/plain',
    caption: 'demo read',
  },
  'demo file chart.png',
  'demo ask tidy up the old drafts',
  '!yes',
];

/**
 * `npm run demo`: brings the stack up and shows the main job in the terminal. On a terminal it goes on as a chat.
 * @returns the exit code: 0 when the answers were seen, else the code of `up`, or 1.
 */
export async function demo(): Promise<number> {
  const terminal = openTerminal(process.stdout, process.stdin);
  const code = await bringUp();
  if (code !== 0) return code;
  const stack = readStack(stackHome(process.env));
  if (!stack) {
    terminal.write('demo: `up` has ended well and left no stack.json; try `npm run down`, then `npm run demo` again\n');
    return 1;
  }
  return perform(stack, terminal);
}

/** The show itself, on a stack that is up. */
export async function perform(stack: Stack, terminal: Terminal): Promise<number> {
  const account = stack.people[0];
  if (!account) {
    showByHand(terminal, stack);
    return 1;
  }
  const person = new Person({
    homeserverUrl: stack.homeserver.url,
    userId: account.user_id,
    accessToken: account.access_token,
  });
  try {
    await person.start();
    const home = await meetBot(person, stack.bot.user_id, terminal);
    const conversation: Conversation = { person, bot: stack.bot.user_id, room: home.room };
    for (const step of STEPS) {
      const said = typeof step === 'string' ? step : `${step.caption} ${terminal.style.dim(`▣ ${step.name}`)}`;
      terminal.write(`${terminal.style.green('  demo ▸')} ${said}\n`);
      if (typeof step === 'string') await ask(conversation, terminal, step);
      else await drop(conversation, terminal, step);
    }
    showGoingOn(terminal, stack);
    if (terminal.interactive) await chat(conversation, terminal);
    return 0;
  } catch (error) {
    terminal.write(
      `\n${terminal.style.red('  ✗')} ${(error as Error).message}\n` +
        `    What the roles say: ${stackHome(process.env).logs}/*.log · which are ready: npm run surfaces -- status\n`,
    );
    return 1;
  } finally {
    // The long poll of the person would keep the process for half a minute.
    await person.stop();
  }
}

function bringUp(): Promise<number> {
  const main = join(PROJECT_ROOT, 'services/cli/main.ts');
  return new Promise((resolve, reject) => {
    const up = spawn(process.execPath, [...process.execArgv, main, 'up', '--detach'], { stdio: 'inherit' });
    up.once('error', reject);
    up.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** On somebody else's homeserver nobody's account is ours to use. */
function showByHand(terminal: Terminal, stack: Stack): void {
  terminal.write(
    `\n  This stack uses a homeserver of your own, ${stack.homeserver.url}, on which the demo has no person to play.\n` +
      `  Log in there with your client and invite ${stack.bot.user_id} to a direct chat: it answers with a Space and a room.\n` +
      '  For the demo as it is meant, unset MATRIX_HOMESERVER_URL and MATRIX_ACCESS_TOKEN and run it again.\n\n',
  );
}
