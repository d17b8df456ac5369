import { readdirSync } from 'node:fs';
import { listeningProcess } from '../../e2e/listening-process.ts';
import type { TestStack } from '../../e2e/test-stack.ts';
import { openRedis, type Redis, untilUp } from '../../shared/queue/redis.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { cpuSecondsWithEnded, parentOf } from '../process-cost.ts';
import { requestsSoFar, sumOf } from '../role-metrics.ts';

/** What was spent in a time: CPU seconds by part, and what was asked of the servers. */
export type Spent = Reading & { readonly answers: number };
type Reading = {
  readonly seconds: number;
  readonly cpu: ReadonlyMap<string, number>;
  readonly statements: number;
  readonly redisCalls: number;
  readonly requests: number;
  readonly sends: number;
};

const CONNECT_MS = 10_000;
/** They have no part in an answer. */
export const OTHERS = 'other roles';
const IN_AN_ANSWER = new Set(['ingress', 'turn-worker', 'agent-host']);

/** Reads what each part of a running stack has cost. Its processes must not change between two readings. */
export class PartMeter {
  readonly #stack: TestStack;
  readonly #redis: Redis;
  /** Process ids by part; those that they have started count with them. */
  readonly #parts: ReadonlyMap<string, readonly number[]>;

  /** @param beside what else takes part, such as the benchmark's own people. */
  constructor(stack: TestStack, beside: Readonly<Record<string, number>>) {
    this.#stack = stack;
    const { roles, database_url, redis_url } = stack.stack;
    this.#redis = openRedis(redis_url, 'producer', createLog('silent', {}));
    const byPart = Map.groupBy(roles, ({ role }) => (IN_AN_ANSWER.has(role) ? role : OTHERS));
    const listening = (url: string) => [listeningProcess(Number(new URL(url).port))];
    this.#parts = new Map<string, readonly number[]>([
      ...[...byPart].map(([part, theirs]) => [part, theirs.map(({ pid }) => pid)] as const),
      ['Postgres', listening(database_url)] as const,
      ['Redis', listening(redis_url)] as const,
      ...Object.entries(beside).map(([part, pid]) => [part, [pid]] as const),
    ]);
  }

  /** What is spent while `work` is done. Of answers only the caller knows. */
  async during(work: () => Promise<unknown>): Promise<Spent> {
    const before = await this.#read();
    await work();
    const after = await this.#read();
    const count = (key: Exclude<keyof Reading, 'cpu'>) => after[key] - before[key];
    return {
      cpu: new Map([...after.cpu].map(([part, now]) => [part, now - before.cpu.get(part)!])),
      ...{ seconds: count('seconds'), statements: count('statements'), redisCalls: count('redisCalls') },
      ...{ requests: count('requests'), sends: count('sends'), answers: 0 },
    };
  }

  async #read(): Promise<Reading> {
    const { roles } = this.#stack.stack;
    await untilUp(this.#redis, CONNECT_MS);
    const stats = await this.#redis.info('stats');
    const [statements, requests, sends] = await Promise.all([
      sumOf(roles, 'surfaces_database_statements_total'),
      requestsSoFar(roles),
      sumOf(roles, 'surfaces_matrix_sends_total'),
    ]);
    const children = childrenByParent();
    const cpu = [...this.#parts].map(
      ([part, pids]) => [part, pids.reduce((sum, pid) => sum + treeSeconds(pid, children), 0)] as const,
    );
    const redisCalls = Number(/^total_commands_processed:(\d+)/m.exec(stats)![1]);
    return { seconds: performance.now() / 1000, cpu: new Map(cpu), statements, redisCalls, requests, sends };
  }

  close(): void {
    this.#redis.disconnect();
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = parentOf(Number(name));
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return children;
}

/** CPU seconds of a process, of those below it, and of those of them that have ended. Postgres has one for each connection. */
function treeSeconds(pid: number, children: ReadonlyMap<number, readonly number[]>): number {
  let own: number;
  try {
    own = cpuSecondsWithEnded(pid);
  } catch {
    return 0;
  }
  return (children.get(pid) ?? []).reduce((sum, child) => sum + treeSeconds(child, children), own);
}
