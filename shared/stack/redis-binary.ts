import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { cached } from './cache.ts';
import { dependenciesOf, libraryPath, unpackPackages } from './debian-packages.ts';
import { runCommand } from './run-command.ts';

export type RedisBinary = { readonly file: string; readonly env: NodeJS.ProcessEnv; readonly version: string };

/** BullMQ's scripts need 6.2. */
const OLDEST = [6, 2] as const;

/** The system's Redis if it is new enough, otherwise Debian's, unpacked into the cache. */
export async function findRedis(
  cache: string,
  onBuild: () => void = () => {},
  signal?: AbortSignal,
): Promise<RedisBinary> {
  for (const file of ['redis-server', 'valkey-server']) {
    const version = await versionOf(file, process.env, signal);
    if (version && isNewEnough(version)) return { file, env: process.env, version };
  }
  try {
    const folder = await cached(cache, `redis-debian-${process.arch}`, (into) => unpackRedis(into, signal), {
      signal,
      onBuild,
    });
    const file = join(folder, 'usr/bin/redis-server');
    const env = { ...process.env, LD_LIBRARY_PATH: libraryPath(folder) };
    const version = await versionOf(file, env, signal);
    if (version && isNewEnough(version)) return { file, env, version };
    throw new SurfacesError('bringup_failed', `${file} does not run here, or is older than ${OLDEST.join('.')}`);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new SurfacesError(
      'bringup_failed',
      `no Redis: install redis-server ${OLDEST.join('.')} or newer (apt-get install redis-server), or set REDIS_URL`,
      { cause: error },
    );
  }
}

async function unpackRedis(folder: string, signal?: AbortSignal): Promise<void> {
  // The server's binary is in redis-tools; redis-server only links to it.
  const needed = new Set(['redis-server', 'redis-tools', ...(await dependenciesOf('redis-tools', signal))]);
  for (const name of [...needed].filter((dependency) => dependency.startsWith('lua-'))) {
    needed.delete(name);
    for (const inner of await dependenciesOf(name, signal)) needed.add(inner);
    needed.add(name);
  }
  await unpackPackages([...needed], folder, signal);
  if (!existsSync(join(folder, 'usr/bin/redis-server'))) {
    throw new SurfacesError('bringup_failed', 'the Debian packages of Redis hold no redis-server');
  }
}

async function versionOf(file: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string | undefined> {
  try {
    return /v=(\d+\.\d+\.\d+)/.exec(await runCommand({ file, args: ['--version'], env }, signal))?.[1];
  } catch {
    return undefined;
  }
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
