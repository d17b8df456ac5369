import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registry } from '../../shared/runtime/metrics.ts';
import { tellVolume } from './volume-metrics.ts';

const value = async (name: string) =>
  Number(new RegExp(`^surfaces_volume_${name}_bytes (.*)$`, 'm').exec(await registry.metrics())?.[1]);

test('tells how full the volume is; one that is gone has no room', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'surfaces-volume-'));
  tellVolume(folder);
  const { bsize, blocks } = statfsSync(folder);
  const free = await value('free');
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThan(await value('size'));
  expect(await value('size')).toBe(bsize * blocks);
  rmSync(folder, { recursive: true });
  expect(await value('free')).toBe(0);
});
