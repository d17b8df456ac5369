import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { instanceName, numbered } from './instance-name.ts';

test.each([
  ['Compose 2', 'surfaces-prod-turn-worker-2.surfaces-prod_default'],
  ['Compose 1.29', 'surfaces-prod_turn-worker_2.surfaces-prod_default'],
])('a container of %s has the number that stands in its name', (_, name) => {
  expect(numbered('turn-worker', [name])).toBe('turn-worker-2');
});

test('names of others say nothing', () => {
  expect(numbered('turn-worker', ['10-0-0-7.turn-worker.svc.cluster.local', 'p-ops-1.p_default'])).toBeUndefined();
});

test('where nobody counts, the name of the host tells them apart', async () => {
  expect(await instanceName('turn-worker')).toBe(`turn-worker-${hostname()}`);
});
