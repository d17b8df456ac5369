import type { TestProject } from 'vitest/node';
import { TestServers } from './test-servers.ts';

const say = (line: string) => process.stderr.write(`surfaces: ${line}\n`);
const servers = new TestServers(say);

/** Vitest's global setup: the servers that tests use, and where they are. */
export async function setup({ vitest }: TestProject): Promise<void> {
  const began = performance.now();
  const found = await servers.start(process.env);
  Object.assign(process.env, found);
  process.env.SURFACES_TEST_MISSING = Object.keys(servers.missing).join(' ');
  for (const [name, why] of Object.entries(servers.missing)) say(`no ${name}, so its tests are skipped: ${why}`);
  // A stack of one's own takes all three. A pattern that fits no name skips, and counts, every test.
  const stacks = vitest.projects.find(({ name }) => name === 'e2e');
  if (stacks && Object.keys(servers.missing).length > 0) stacks.config.testNamePattern = /(?!)/;
  say(`the servers for the tests are ready (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

export async function teardown(): Promise<void> {
  await servers.stop();
}
