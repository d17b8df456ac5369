import { parseArgs } from 'node:util';
import { hasColours } from '../demo/terminal.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { CHECKS } from './checks.ts';
import type { Finding } from './finding.ts';
import { findingText, summaryText } from './findings-text.ts';

/** What a check that was given up leaves open must not keep the process. */
const LEAVE_MS = 500;

/** `doctor [--json]`: each thing that the bot needs, whether it is well, and what to do if not. @returns 1 when something is wrong. */
export async function doctor(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const environment = environmentOfStack(process.env);
  const colours = hasColours(process.stdout);
  const looking = CHECKS.map((check) => check.findings(environment));
  const findings: Finding[] = [];
  for (const found of looking) {
    findings.push(...(await found));
    if (!values.json) for (const each of await found) process.stdout.write(findingText(each, colours));
  }
  process.stdout.write(values.json ? `${JSON.stringify(findings, null, 2)}\n` : summaryText(findings));
  const code = findings.some(({ level }) => level === 'error') ? 1 : 0;
  setTimeout(() => process.exit(code), LEAVE_MS).unref();
  return code;
}
