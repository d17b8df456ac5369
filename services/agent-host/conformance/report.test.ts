import { expect, test } from 'vitest';
import { TestHost, TOKEN } from '../test-host.ts';
import { countOutcomes, describeCounts, describeOutcome } from './report.ts';
import { selectRules } from './rules.ts';
import { runRules } from './run-rules.ts';
import { sends } from './testing/faults.ts';
import { serveBroken } from './testing/proxy.ts';

test('a failure says where the rule stands, what was expected, what came, and shows the frames around it', async () => {
  await using host = await TestHost.start();
  const fault = sends((frame) => (frame.seq === 2 ? [] : frame));
  const proxy = await serveBroken(host.url, fault);
  const rules = selectRules(['count from 1 without a gap']);
  const outcomes = await runRules(proxy.url, TOKEN, () => {}, { rules });
  await proxy.stop();
  const lines = describeOutcome(outcomes[0]!).split('\n');
  expect(lines[0]).toMatch(/^✗ a turn’s events/);
  expect(lines[1]).toBe('    stands in  docs/AGENT-PROTOCOL.md, Rules, events');
  expect(lines[2]).toBe('    expected   seq 2');
  expect(lines[3]).toMatch(/^ {4}came {7}\{.*"seq":3/);
  const marked = lines.filter((line) => line.includes('▶'));
  expect(marked).toEqual([expect.stringContaining('frame in question'), expect.stringContaining('"seq":3')]);
  expect(lines.length).toBeLessThan(22);
});

test('what does not hold, was not tried and says nothing about the host is counted apart', async () => {
  await using host = await TestHost.start();
  const rules = selectRules(['hello is answered', 'an agent that hangs', 'a host without snapshots']);
  const said: string[] = [];
  const outcomes = await runRules(host.url, TOKEN, (outcome) => said.push(describeOutcome(outcome)), {
    rules,
    script: 'none',
  });
  expect(said.map((line) => line[0])).toEqual(['✓', '·', '-']);
  expect(said[2]).toContain('pass --prompt-hang');
  expect(describeCounts(countOutcomes(outcomes))).toBe('\n1 passed, 0 failed, 1 not tried, 1 not about this host\n');
});
