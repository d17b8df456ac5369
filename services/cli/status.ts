import { parseArgs } from 'node:util';
import { type RunningRole, readStack } from '../../shared/stack/stack-file.ts';
import { stackHome } from '../../shared/stack/stack-home.ts';

type RoleStatus = RunningRole & { readonly ready: boolean; readonly reasons: readonly string[] };

/** `status [--json]`. @returns 0 when every role is ready, 1 when one is not or nothing runs. */
export async function status(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const home = stackHome(process.env);
  const stack = readStack(home);
  const roles = stack ? await Promise.all(stack.roles.map(look)) : [];
  if (values.json) process.stdout.write(`${JSON.stringify({ running: stack !== undefined, roles }, null, 2)}\n`);
  else if (!stack) process.stdout.write(`No stack runs in ${home.root}. Start it with: npm run up\n`);
  else for (const role of roles) process.stdout.write(`${line(role)}\n`);
  return stack && roles.every(({ ready }) => ready) ? 0 : 1;
}

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
