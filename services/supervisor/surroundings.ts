import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { openRedis, untilUp } from '../../shared/queue/redis.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { cacheFolder } from '../../shared/stack/cache.ts';
import { Keeper, type KeeperEvent } from '../../shared/stack/keeper.ts';
import type { KeptFile } from '../../shared/stack/kept.ts';
import { postgresPart, postgresUrl } from '../../shared/stack/postgres-part.ts';
import { findRedis } from '../../shared/stack/redis-binary.ts';
import { redisPart, redisUrl } from '../../shared/stack/redis-part.ts';
import type { StackHome } from '../../shared/stack/stack-home.ts';
import { untilAnswers } from './until-answers.ts';

/** Long enough for a slow disk and a machine with other work; a server that dies is noticed at once. */
const READY_MS = 90_000;

export type Setting = {
  readonly home: StackHome;
  readonly kept: KeptFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onEvent: (event: KeeperEvent) => void;
  /** What is being done, for whoever watches. */
  readonly say: (name: string, detail: string) => void;
  /** It is there. */
  readonly done: (name: string, detail: string) => void;
  /** What works and should not stay as it is. */
  readonly warn: (name: string, detail: string) => void;
  readonly signal: AbortSignal;
};

/** One thing that the roles need: a server that the operator named, or one of the stack's own. */
export type Surrounding<Values> = { readonly values: Values; readonly keeper?: Keeper };

export async function bringPostgres(setting: Setting): Promise<Surrounding<{ url: string }>> {
  const { home, kept, environment } = setting;
  if (environment.DATABASE_URL) return { values: { url: environment.DATABASE_URL } };
  const port = await kept.port('postgres');
  const password = kept.secret('postgres');
  const part = postgresPart({ folder: home.postgres, log: join(home.logs, 'postgres.log'), port, password });
  return { values: { url: postgresUrl(port, password) }, keeper: await keep(part, setting) };
}

export async function bringRedis(setting: Setting): Promise<Surrounding<{ url: string }>> {
  const { home, kept, environment, say, signal } = setting;
  if (environment.REDIS_URL) return { values: { url: await answering(environment.REDIS_URL, setting) } };
  const binary = await findRedis(cacheFolder(environment), () => say('redis', 'unpacking Redis (once)'), signal);
  const port = await kept.port('redis');
  const password = kept.secret('redis');
  const part = redisPart({ binary, folder: home.redis, log: join(home.logs, 'redis.log'), port, password });
  return { values: { url: redisUrl(port, password) }, keeper: await keep(part, setting) };
}

async function answering(url: string, setting: Setting): Promise<string> {
  const redis = openRedis(url, 'producer', createLog('silent', {}));
  try {
    await untilAnswers('redis', () => untilUp(redis, 2_000), setting);
    return url;
  } finally {
    redis.disconnect();
  }
}

/** The agent host is a role; here is where it listens and what it asks for, or the one that the operator named. */
export async function agentOf({ kept, environment }: Setting): Promise<{ url: string; token: string; own: boolean }> {
  const { AGENT_URL: url, AGENT_TOKEN: token } = environment;
  if (url && token) return { url, token, own: false };
  if (url)
    throw new SurfacesError(
      'config_invalid',
      'AGENT_URL is set and AGENT_TOKEN is not; set both, or neither for the demo agent',
    );
  return { url: `ws://127.0.0.1:${await kept.port('agent')}`, token: kept.secret('agent'), own: true };
}

/** The volume of the rooms’ workspaces. */
export function agentsDirOf({ home, environment }: Setting): string {
  const folder = resolve(environment.AGENTS_DIR || home.agents);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Starts a part and waits until it answers. */
export async function keep(part: Keeper['part'], { home, onEvent, signal }: Setting): Promise<Keeper> {
  const keeper = new Keeper(part, home.run, onEvent);
  keeper.start();
  try {
    await keeper.whenReady(READY_MS, signal);
  } catch (error) {
    await keeper.stop();
    throw error;
  }
  return keeper;
}
