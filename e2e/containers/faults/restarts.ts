import assert from 'node:assert/strict';
import { rolesOfBuild } from '../../../shared/stack/roles-of-build.ts';
import { wholeAnswer } from '../../streaming-load.ts';
import type { ContainerStack } from '../container-stack.ts';
import { call, serviceOf } from '../engine.ts';
import { seconds } from '../seconds.ts';
import { type Crowd, WORDS } from './crowd.ts';
import type { Row } from './report.ts';

/** As docs/OPERATIONS.md names them: all but the agent host have ended after 8 s. */
const GRACE_S = 12;
const AGENT_HOST_GRACE_S = 35;

/** Every container of every role, one after the other, as an operator does it. */
export async function restartAll(stack: ContainerStack): Promise<void> {
  const roles = rolesOfBuild();
  for (const container of await stack.containers()) {
    const role = serviceOf(container);
    if (!roles.includes(role)) continue;
    const grace = role === 'agent-host' ? AGENT_HOST_GRACE_S : GRACE_S;
    await call('docker', ['restart', '--time', String(grace), container.Id]);
    await stack.untilReady();
  }
}

/** What people see of work on the whole stack while answers stream: nothing but pauses. */
export async function whileAllStream(crowd: Crowd, fault: string, work: () => Promise<void>): Promise<Row> {
  const { result: tookMs, seen } = await crowd.whileStreaming(async () => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  });
  const { answers, gaps, waits } = seen;
  for (const { text, state } of answers) assert.deepEqual([text, state], [wholeAnswer(WORDS), 'done']);
  assert.deepEqual(crowd.newBreaches(), []);
  const most = (values: readonly number[]) => seconds(Math.max(...values));
  const note = `${answers.length} answers; longest pause in one ${most(gaps)}, longest wait for first words ${most(waits)}`;
  return {
    fault,
    target: 'all roles',
    lasted: tookMs,
    meanwhile: undefined,
    grew: undefined,
    answered: undefined,
    note,
  };
}
