import { parseArgs } from 'node:util';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { CHECKS } from './checks.ts';
import type { Finding } from './finding.ts';

const MARKS = { ok: '✓', warning: '!', error: '✗' } as const;

/** `doctor [--json]`: each thing that the bot needs, whether it is well, and what to do if not. @returns 1 when something is wrong. */
export async function doctor(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const environment = environmentOfStack(process.env);
  const findings: Finding[] = [];
  for (const { name, look } of CHECKS) {
    const failed = (error: unknown): Finding[] => [{ name, level: 'error', text: describe(error) }];
    const found = await look(environment).catch(failed);
    findings.push(...found);
    if (!values.json) for (const each of found) process.stdout.write(lineOf(each));
  }
  if (values.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  return findings.some(({ level }) => level === 'error') ? 1 : 0;
}

function lineOf({ name, level, text, remedy }: Finding): string {
  const line = `  ${MARKS[level]} ${name.padEnd(12)} ${text}\n`;
  return remedy ? `${line}${' '.repeat(17)}→ ${remedy}\n` : line;
}
