import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { openRedis, type Redis } from '../shared/queue/redis.ts';
import { createLog } from '../shared/runtime/log.ts';
import type { Stack } from '../shared/stack/stack-file.ts';

/** A place and everything that stands there. */
export type Written = { readonly where: string; readonly text: string };

/** All log files of a stack, those of its servers included. */
export function logsOf(home: string): Written[] {
  const folder = join(home, 'logs');
  return readdirSync(folder).map((name) => ({ where: `logs/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}

/**
 * Listens to all that anybody asks of a Redis: what a job held for a moment is seen, too. By a connection of its own:
 * the client library takes what is asked in the moment of MONITOR's OK for an answer to somebody, and fails.
 */
export class RedisTap {
  readonly #url: string;
  readonly #redis: Redis;
  #commands = '';
  #monitor: Socket | undefined;

  constructor(url: string) {
    this.#url = url;
    this.#redis = openRedis(url, 'producer', createLog('silent', {}));
  }

  async start(): Promise<this> {
    const { hostname, port, password } = new URL(this.#url);
    const monitor = connect(Number(port), hostname).setEncoding('utf8');
    this.#monitor = monitor;
    await once(monitor, 'connect');
    const commands = [...(password ? [`AUTH ${decodeURIComponent(password)}`] : []), 'MONITOR'];
    for (const command of commands) {
      const answered = once(monitor, 'data') as Promise<[string]>;
      monitor.write(`${command}\r\n`);
      const [answer] = await answered;
      if (!answer.startsWith('+OK')) throw new Error(`Redis answers ${command.split(' ')[0]} with ${answer}`);
      this.#commands = answer;
    }
    monitor.on('data', (more: string) => {
      this.#commands += more;
    });
    return this;
  }

  /** The commands so far, and every key with its value as Redis would store it. */
  async all(): Promise<Written[]> {
    const found: Written[] = [{ where: 'commands to Redis', text: this.#commands }];
    for await (const keys of this.#redis.scanStream({ count: 500 }) as AsyncIterable<string[]>)
      for (const key of keys) found.push({ where: `Redis ${key}`, text: `${key} ${await this.#valueOf(key)}` });
    return found;
  }

  stop(): void {
    this.#monitor?.destroy();
    this.#redis.disconnect();
  }

  async #valueOf(key: string): Promise<string> {
    const value = async () => {
      switch (await this.#redis.type(key)) {
        case 'string':
          return this.#redis.get(key);
        case 'hash':
          return this.#redis.hgetall(key);
        case 'list':
          return this.#redis.lrange(key, 0, -1);
        case 'set':
          return this.#redis.smembers(key);
        case 'zset':
          return this.#redis.zrange(key, 0, -1);
        case 'stream':
          return this.#redis.xrange(key, '-', '+');
        default:
          return null;
      }
    };
    return JSON.stringify(await value());
  }
}

/** Every secret of a stack: of its stack.json, and what it keeps for itself. */
export function secretsOf(home: string): string[] {
  const stack = JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')) as Stack;
  const kept = JSON.parse(readFileSync(join(home, 'kept.json'), 'utf8')) as { secrets: Record<string, string> };
  const passwords = [stack.database_url, stack.redis_url].map((url) => decodeURIComponent(new URL(url).password));
  const secrets = [
    stack.homeserver.registration_shared_secret,
    ...stack.people.flatMap(({ password, access_token }) => [password, access_token]),
    ...passwords,
    stack.agent.token,
    stack.ops?.password,
    ...Object.values(kept.secrets),
  ];
  return [...new Set(secrets.filter((secret) => secret !== undefined && secret !== ''))] as string[];
}

/** Where any of `words` stands; empty where all is well. The words are not repeated: they may be secrets. */
export function findings(written: readonly Written[], words: readonly string[]): string[] {
  return written.flatMap(({ where, text }) =>
    words.flatMap((word, index) => {
      const at = text.indexOf(word);
      if (at === -1) return [];
      const line = text.slice(text.lastIndexOf('\n', at) + 1, at).slice(-200);
      return [`${where} shows word ${index} behind “${line}”`];
    }),
  );
}
