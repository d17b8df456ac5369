import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../runtime/free-port.ts';
import { sleep } from '../time/time.ts';

export type RedisServer = { readonly url: string; start(): Promise<void>; kill(): Promise<void> };

/** For tests: a redis-server of one's own, without persistence, that can be killed and started again on its port. */
export async function redisServer(command = process.env.REDIS_SERVER ?? 'redis-server'): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
      child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      for await (const chunk of child.stdout!) if (String(chunk).includes('Ready to accept')) break;
    },
    async kill() {
      if (!child || child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await sleep(10);
    },
  };
}
