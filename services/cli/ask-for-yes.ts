import { createInterface } from 'node:readline/promises';
import { Refused } from './reset/refused.ts';

/** @param warning a sentence before the question. @throws Refused unless somebody at a terminal says yes. */
export async function askForYes(warning: string, json: boolean, signal: AbortSignal): Promise<void> {
  if (json || !process.stdin.isTTY || !process.stdout.isTTY)
    throw new Refused(
      `nobody can be asked ${json ? 'with --json' : 'without a terminal'}. To do what the plan says: --yes`,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${warning} Type yes to do this: `, { signal });
    if (answer.trim() !== 'yes') throw new Refused('it was not answered with yes.');
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('it was not answered.');
  } finally {
    terminal.close();
  }
}
