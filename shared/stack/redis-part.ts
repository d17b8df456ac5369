import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './keeper.ts';
import { probeSocket } from './probe-socket.ts';
import type { RedisBinary } from './redis-binary.ts';

export type RedisOptions = {
  readonly binary: RedisBinary;
  readonly folder: string;
  readonly log: string;
  readonly port: number;
  readonly password: string;
};

/** A Redis of the stack's own, on the loopback. */
export function redisPart(options: RedisOptions): Part {
  const { binary, folder, port, password } = options;
  return {
    name: 'redis',
    log: options.log,
    stopSignal: 'SIGTERM',
    graceMs: 5_000,
    command: async () => {
      mkdirSync(folder, { recursive: true });
      const config = join(folder, 'redis.conf');
      writeFileSync(config, configText(options), { mode: 0o600 });
      return { file: binary.file, args: [config], env: binary.env };
    },
    problem: () => ping(port, password),
  };
}

export function redisUrl(port: number, password: string): string {
  return `redis://:${password}@127.0.0.1:${port}/0`;
}

/** Nothing is written to disk: Redis only carries wakes, and the sweeper makes them anew from Postgres. */
function configText({ folder, port, password }: RedisOptions): string {
  return `${[
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(folder)}`,
    'maxmemory-policy noeviction',
    'save ""',
    'appendonly no',
  ].join('\n')}\n`;
}

/** One `PING` over a bare socket: the client library belongs to shared/queue. */
async function ping(port: number, password: string): Promise<string | undefined> {
  return probeSocket(port, `AUTH ${password}\r\nPING\r\n`, (answer) => {
    const text = answer.toString();
    if (text.includes('+PONG')) return undefined;
    return text.startsWith('-') ? text.split('\r\n')[0] : null;
  });
}
