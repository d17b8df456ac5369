import { parseArgs } from 'node:util';
import { STARTED_WITH } from '../../shared/runtime/called-as.ts';
import { type RunningRole, readStack, type Stack } from '../../shared/stack/stack-file.ts';
import { type StackHome, stackHome } from '../../shared/stack/stack-home.ts';
import { eventsFrom, type StackEvent } from '../../shared/stack/supervisor-file.ts';

type RoleStatus = RunningRole & { readonly ready: boolean; readonly reasons: readonly string[] };
/** A role or an embedded server that should run and does not. */
type Down = { readonly name: string; readonly reason: string };

/** What `--help` adds. */
export const STATUS_HELP = `
Asks each process of the running stack what it waits for, and names those that ended and are not started again yet.

  --json              as JSON

Exit codes: 0 every role is ready · 1 one is not, or no stack runs · 64 wrong usage
`;

/** `status [--json]`. @returns 0 when every role is ready, 1 when one is not or nothing runs. */
export async function status(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const home = stackHome(process.env);
  const stack = readStack(home);
  const roles = stack ? await Promise.all(stack.roles.map(look)) : [];
  const down = stack ? downIn(home, stack) : [];
  if (values.json) process.stdout.write(`${JSON.stringify({ running: stack !== undefined, roles, down }, null, 2)}\n`);
  else if (!stack) process.stdout.write(`No stack runs in ${home.root}. Start it with: ${STARTED_WITH}\n`);
  else {
    for (const { name, reason } of down) process.stdout.write(`  ✗ ${name.padEnd(20)} ${reason}\n`);
    for (const role of roles) process.stdout.write(`${line(role)}\n`);
  }
  return stack && down.length === 0 && roles.every(({ ready }) => ready) ? 0 : 1;
}

/** What the supervisor said last of each process that `stack.json` does not have, since it has none. */
function downIn(home: StackHome, { roles }: Stack): Down[] {
  const last = new Map<string, StackEvent>();
  for (const event of eventsFrom(home, 0).events)
    if (!['warning', 'note'].includes(event.state)) last.set(event.name, event);
  for (const { role, index } of roles) last.delete(`${role}-${index}`);
  return [...last.values()].flatMap(({ name, state, detail = '' }) => {
    const then = AFTER[state];
    return then ? [{ name, reason: `${detail.split('\n')[0]}: ${then}` }] : [];
  });
}

const AFTER: Partial<Record<StackEvent['state'], string>> = {
  ended: 'it is started again',
  'backing-off': 'it ended five times within a minute, and is tried again later; its log says why',
  'needs-operator': 'it is not started again until you change something; the last line of its log says what',
};

async function look(role: RunningRole): Promise<RoleStatus> {
  try {
    const response = await fetch(`${role.url}/ready`, { signal: AbortSignal.timeout(2_000) });
    const { reasons = [] } = (await response.json()) as {
      reasons?: { need: string; problem: string; since: string }[];
    };
    return {
      ...role,
      ready: response.ok,
      reasons: reasons.map(({ need, problem, since }) => `${need}: ${problem}, since ${since}`),
    };
  } catch {
    return { ...role, ready: false, reasons: ['does not answer'] };
  }
}

function line({ role, index, pid, url, ready, reasons }: RoleStatus): string {
  return `  ${ready ? '✓' : '✗'} ${`${role} ${index}`.padEnd(20)} pid ${String(pid).padEnd(8)} ${url.padEnd(24)} ${reasons.join('; ')}`.trimEnd();
}
