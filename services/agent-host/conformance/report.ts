import type { Greeting } from './greeting.ts';
import type { Outcome } from './outcome.ts';
import { BEHAVIOURS, type Prompts, type ScriptName } from './prompts.ts';
import type { Rule } from './rule.ts';

const DOCUMENT = 'docs/AGENT-PROTOCOL.md';
/** Where the rules stand that wait for as long as a heartbeat. */
const HEARTBEAT = 'Connection, 5';
/** Of a frame or a sentence in a failure. */
const LONGEST = 600;

export type Counts = {
  readonly passed: number;
  readonly failed: number;
  readonly notTried: number;
  readonly exempt: number;
};

export function countOutcomes(outcomes: readonly Outcome[]): Counts {
  const count = (is: (outcome: Outcome) => unknown) => outcomes.filter((outcome) => is(outcome)).length;
  return {
    passed: count(({ problem, skipped, exempt }) => !problem && !skipped && !exempt),
    failed: count(({ problem }) => problem),
    notTried: count(({ skipped }) => skipped),
    exempt: count(({ exempt }) => exempt),
  };
}

export function describeHost(greeting: Greeting, script: ScriptName, prompts: Prompts, rules: readonly Rule[]): string {
  const { agent, capabilities, heartbeatMs } = greeting;
  const promised = Object.entries(capabilities).flatMap(([name, is]) => (is ? [name] : []));
  const lines = [`The agent is “${agent}”; the host promises ${promised.join(', ') || 'nothing beyond turns'}.`];
  if (script === 'demo') {
    const own = Object.keys(prompts).length > 0 ? ', save for the prompts that were given' : '';
    lines.push(`It is asked in the words of the demo agent’s script${own}; --script none asks otherwise.`);
  }
  if (rules.some(({ waits, section }) => waits && section === HEARTBEAT)) {
    const seconds = Math.ceil((heartbeatMs * 1.5 + 2_000) / 1000);
    lines.push(
      `Its heartbeat is ${heartbeatMs / 1000} s: rules about it take up to ${seconds} s, and wait beside the others.`,
    );
  }
  return `${lines.join('\n')}\n\n`;
}

/** One line, and below it for a rule that is broken all that helps to find out why. */
export function describeOutcome({ rule, section, ms, problem, skipped, exempt, ...told }: Outcome): string {
  if (exempt) return `· ${rule}  (not about this host: ${exempt})\n`;
  if (skipped) return `- ${rule}  (not tried: ${skipped})\n`;
  if (!problem) return `✓ ${rule}  (${ms} ms)\n`;
  return [
    `✗ ${rule}`,
    `    stands in  ${DOCUMENT}, ${section}`,
    `    expected   ${cut(told.expected ?? '')}`,
    `    came       ${cut(told.came ?? '')}`,
    ...(told.frames?.length
      ? ['    frames     → sent to the host, ← from it; A is the first connection; ▶ the frame in question']
      : []),
    ...(told.frames ?? []).map((line) => `      ${line}`),
    '',
  ].join('\n');
}

export function describeCounts({ passed, failed, notTried, exempt }: Counts): string {
  const rest = exempt > 0 ? `, ${exempt} not about this host` : '';
  return `\n${passed} passed, ${failed} failed, ${notTried} not tried${rest}\n`;
}

/** `--list` */
export function listRules(rules: readonly Rule[]): string {
  const told = rules.map(({ rule, section, why, ...about }) =>
    [
      rule,
      `    ${DOCUMENT}, ${section}`,
      `    ${why}`,
      ...needsOf(about).map((need) => `    needs ${need.replaceAll('`', '')}`),
    ].join('\n'),
  );
  return `${told.join('\n')}\n\n${rules.length === 1 ? '1 rule' : `${rules.length} rules`}\n`;
}

/** RULES.md, which a test compares with what this says. */
export function rulesPage(rules: readonly Rule[]): string {
  const rows = rules.map(
    ({ rule, section, why, ...about }) => `| ${rule} | ${section} | ${why} | ${needsOf(about).join(', ')} |`,
  );
  return `# The rules of the suite

Made from the rules themselves, as \`npm run conformance -- --list\` shows them; the sections are those of
[AGENT-PROTOCOL.md](../../../docs/AGENT-PROTOCOL.md).

| rule | stands in | why it matters | needs |
|---|---|---|---|
${rows.join('\n')}
`;
}

function needsOf({ needs = [], restarts }: Pick<Rule, 'needs' | 'restarts'>): string[] {
  const prompts = needs.filter((name) => !('otherwise' in BEHAVIOURS[name])).map((name) => `\`--prompt-${name}\``);
  return restarts ? ['`--restart-command`', ...prompts] : prompts;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
