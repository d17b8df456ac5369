import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from '../usage-error.ts';

const SHORTEST = 12;
const LONGEST = 200;
/** As many different characters as a password has at least: `aaaaaaaaaaaa` is none. */
const DIFFERENT = 5;

/**
 * A new password for somebody: typed twice, unseen, at a terminal; else the first line of stdin.
 * @throws UsageError where it is too weak, was not typed the same twice, or there is none.
 */
export async function askPassword(name: string): Promise<string> {
  const password = process.stdin.isTTY ? await typedTwice() : await firstLine();
  const weakness = weaknessOf(password, name);
  if (weakness) throw new UsageError(`this password ${weakness}; nothing was changed`);
  return password;
}

/** What is wrong with a password, to be put behind the word; null: nothing. */
export function weaknessOf(password: string, name: string): string | null {
  const characters = [...password];
  if (password.toLowerCase() === name.toLowerCase()) return 'is the name';
  if (characters.length < SHORTEST) return `has ${characters.length} characters, fewer than ${SHORTEST}`;
  if (characters.length > LONGEST) return `has more than ${LONGEST} characters`;
  if (/\p{Cc}/u.test(password)) return 'has a character that cannot be typed into a form';
  if (new Set(characters).size < DIFFERENT) return `is made of fewer than ${DIFFERENT} different characters`;
  return null;
}

async function typedTwice(): Promise<string> {
  const unseen = new Writable({ write: (_bytes, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  const interrupted = new AbortController();
  terminal.on('SIGINT', () => interrupted.abort());
  const ask = async (what: string) => {
    process.stderr.write(what);
    try {
      return await terminal.question('', { signal: interrupted.signal });
    } catch {
      throw new UsageError('no password was typed; nothing was changed');
    } finally {
      process.stderr.write('\n');
    }
  };
  try {
    const first = await ask('Password: ');
    if ((await ask('Again: ')) !== first) throw new UsageError('that was not the same twice; nothing was changed');
    return first;
  } finally {
    terminal.close();
  }
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new UsageError('there is no password on stdin: give it as one line, or run this at a terminal');
}
