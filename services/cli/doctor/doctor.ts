import { parseArgs } from 'node:util';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { CHECKS, type Finding } from './checks.ts';

const MARKS = { ok: '✓', warning: '!', error: '✗' } as const;

/** `doctor [--json]`: each thing that the bot needs, whether it is well, and what to do if not. @returns 1 when something is wrong. */
export async function doctor(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const environment = environmentOfStack(process.env);
  const findings: Finding[] = [];
  for (const { name, look } of CHECKS) {
    const found = await look(environment).catch((error): Finding => ({ name, level: 'error', text: describe(error) }));
    findings.push(found);
    if (values.json) continue;
    process.stdout.write(`  ${MARKS[found.level]} ${name.padEnd(12)} ${found.text}\n`);
    if (found.remedy) process.stdout.write(`${' '.repeat(17)}→ ${found.remedy}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  return findings.some(({ level }) => level === 'error') ? 1 : 0;
}
