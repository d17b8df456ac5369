import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConnection } from '../shared/agent-protocol/client.ts';
import { sleep } from '../shared/time/time.ts';
import { HostProcess, type ModelProcess } from './bench-agents-processes.ts';
import { say } from './bench-agents-turn.ts';
import type { Figure } from './figures.ts';
import { rssMegabytes } from './process-cost.ts';

const SESSIONS = 2_000;
const WARM_UP = 200;
const AT_ONCE = 20;
/** Characters of what each was answered. */
const HISTORY = 8_000;

/**
 * What a session costs the host in which nothing goes on, its history not counted: opened and still in memory, and put
 * away. The histories are made through another host, so that what this one needs for turns is not in it.
 */
export async function benchIdleSessions(model: ModelProcess): Promise<Figure[]> {
  const ids = Array.from({ length: SESSIONS + WARM_UP }, (_, index) => `idle-${index}`);
  const maker = await HostProcess.start({ baseUrl: model.baseUrl });
  await each(ids, maker.connect(), async (connection, id) => {
    for await (const _ of say(connection, id, `size=${HISTORY}`));
  });
  await maker.stop({ keep: true });
  const host = await HostProcess.start({ baseUrl: model.baseUrl, volume: maker.volume });
  try {
    const connection = host.connect();
    const open = (part: readonly string[]) => each(part, connection, (client, id) => client.openSession(id, id));
    await open(ids.slice(0, WARM_UP));
    for (const id of ids.slice(0, WARM_UP)) await connection.request('session.close', { session_id: id });
    const before = rssMegabytes(host.pid);
    await open(ids.slice(WARM_UP));
    const opened = rssMegabytes(host.pid);
    const inMemory = await sessionsOf(host);
    await untilAway(host);
    const away = rssMegabytes(host.pid);
    const history = historyBytes(host.volume) / ids.length / 1_024;
    const group = `Agent host: ${SESSIONS.toLocaleString('en')} sessions of openai with ${history.toFixed(1)} KB of history each`;
    const kilobytes = (megabytes: number) => (megabytes * 1_024) / SESSIONS;
    return [
      { group, name: 'opened, in memory at that moment', value: inMemory, unit: '' },
      { group, name: 'opened: RSS a session', value: kilobytes(opened - before), unit: 'KB' },
      {
        group,
        name: 'opened: RSS a session, beside its history',
        value: Math.max(0, kilobytes(opened - before) - history),
        unit: 'KB',
        limit: { most: 20 },
      },
      {
        group,
        name: 'idle, put away: RSS a session',
        value: Math.max(0, kilobytes(away - before)),
        unit: 'KB',
        limit: { most: 20 },
      },
    ];
  } finally {
    await host.stop();
  }
}

async function each(
  ids: readonly string[],
  connection: AgentConnection,
  work: (connection: AgentConnection, id: string) => Promise<unknown>,
): Promise<void> {
  const left = ids.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const id of left) await work(connection, id);
    }),
  );
}

const sessionsOf = (host: HostProcess) => host.metric('surfaces_agent_sessions_in_memory');

async function untilAway(host: HostProcess): Promise<void> {
  for (const until = Date.now() + 120_000; (await sessionsOf(host)) > 0; await sleep(200))
    if (Date.now() > until) throw new Error('idle sessions were not put away');
}

function historyBytes(volume: string): number {
  const sessions = join(volume, '.host', 'sessions');
  return readdirSync(sessions).reduce((sum, name) => sum + statSync(join(sessions, name, 'session.json')).size, 0);
}
