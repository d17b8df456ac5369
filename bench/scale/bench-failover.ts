import type { Resident, TestStack } from '../../e2e/test-stack.ts';
import { untilTrue } from '../../e2e/until-true.ts';
import type { RunningRole } from '../../shared/stack/stack-file.ts';
import type { Figure } from '../figures.ts';
import { percentile } from '../percentile.ts';

/** Longer than the first answer of a term may take where nothing is wrong. */
const PATIENCE_MS = 60_000;

/** Two ingresses: how soon somebody who writes right after the end of the active one is shown the first words of the answer. */
export async function benchFailover(
  stack: TestStack,
  ann: Resident,
  kills: number,
  freezes: number,
): Promise<Figure[]> {
  await stack.operate('up', '--scale', 'ingress=2', '--detach');
  const killed: number[] = [];
  for (let time = 0; time < kills; time++) {
    const { pid, index } = await active(stack);
    killed.push(await untilWords(ann, () => process.kill(pid, 'SIGKILL')));
    await stack.untilBack('ingress', pid, index);
  }
  const frozen: number[] = [];
  for (let time = 0; time < freezes; time++) {
    const { pid } = await active(stack);
    try {
      frozen.push(await untilWords(ann, () => process.kill(pid, 'SIGSTOP')));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }
  await active(stack);
  const breaches = ann.breaches().length;
  return [
    ...figuresOf('killed (SIGKILL)', killed),
    ...figuresOf('frozen (SIGSTOP)', frozen),
    {
      group: 'The active one of two ingresses',
      name: 'messages lost, doubled or out of order',
      value: breaches,
      unit: '',
      limit: { most: 0 },
    },
  ];
}

function figuresOf(how: string, times: readonly number[]): Figure[] {
  const group = 'The active one of two ingresses';
  const until = `${how}: until a message sent right after has its first words`;
  return [
    { group, name: `${until}, p50 of ${times.length}`, value: percentile(times, 0.5) / 1000, unit: 's' },
    { group, name: `${until}, the longest`, value: percentile(times, 1) / 1000, unit: 's', limit: { most: 5 } },
  ];
}

/** From the end of what is ended, in milliseconds. */
async function untilWords(ann: Resident, end: () => void): Promise<number> {
  const began = performance.now();
  end();
  const { firstAt } = await ann.ask('demo words=1 pace=1 first=0', PATIENCE_MS);
  return firstAt! - began;
}

/** Waits until both are ready and exactly one says that it owns /sync. */
async function active(stack: TestStack): Promise<RunningRole> {
  let found: RunningRole | undefined;
  await untilTrue(
    'one active ingress beside a standby',
    async () => {
      const both = stack.stack.roles.filter(({ role }) => role === 'ingress');
      const ready = await Promise.all(both.map(async ({ url }) => (await fetch(`${url}/ready`)).ok));
      const owns = await Promise.all(both.map(ownsSync));
      found = both.find((_, index) => owns[index]);
      return ready.every(Boolean) && owns.filter(Boolean).length === 1;
    },
    PATIENCE_MS,
  );
  return found!;
}

async function ownsSync({ url }: RunningRole): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^surfaces_ingress_active(\{[^}]*\})? 1$/m.test(text);
}
