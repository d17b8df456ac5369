import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { backup } from './backup.ts';

test('a folder that is not there is no file of that name', async () => {
  const missing = join(mkdtempSync(join(tmpdir(), 'surfaces-')), 'missing');
  await expect(backup([`${missing}/`])).rejects.toThrow(
    new UsageError(`there is no folder ${missing}: make it first, or see that its disk is mounted`),
  );
});
