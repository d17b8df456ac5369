import { expect, test, vi } from 'vitest';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { migrateDatabase } from './migrate.ts';

test('with --wait, a Postgres that says no is not waited for', async () => {
  const url = new URL(process.env.DATABASE_URL!);
  url.pathname = '/no_such_database';
  vi.stubEnv('DATABASE_URL', url.href);
  vi.stubEnv('SURFACES_ENV', 'production');
  const said = await migrateDatabase(['--wait']).catch((error: unknown) => error);
  vi.unstubAllEnvs();
  expect(said).toBeInstanceOf(SurfacesError);
  expect(said).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('no_such_database') });
});
