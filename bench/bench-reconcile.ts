import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestStack } from '../e2e/test-stack.ts';
import type { OpId, RoomId, SessionId, UserId } from '../shared/ids/ids.ts';
import { createMatrixHttp } from '../shared/matrix/http.ts';
import { createRoom, leaveRoom, linkChild } from '../shared/matrix/rooms.ts';
import { compare } from '../shared/reconcile/run-reconcile.ts';
import { dropSchema } from '../shared/store/fresh-database.ts';
import { migrate } from '../shared/store/migrate.ts';
import { openDatabase } from '../shared/store/postgres.ts';
import type { RunKind } from '../shared/store/reconcile-runs.ts';
import type { Figure } from './figures.ts';
import type { RunCost } from './reconcile-run.ts';

const PEOPLE = 1_000;
const ROOMS_EACH = 9;
/** Rooms that Synapse makes at once: more only wait for each other. */
const AT_ONCE = 4;

/**
 * Ten thousand rooms of a homeserver that costs next to nothing, so that what is measured is our own: first with an empty
 * database, then with nothing to do, then lightly.
 */
export async function benchReconcile(databaseUrl: string): Promise<Figure[]> {
  const namespace = `bench_${randomBytes(4).toString('hex')}`;
  await migrate(databaseUrl, namespace);
  const simulator = start('homeserver-simulator.ts', String(PEOPLE), String(ROOMS_EACH));
  try {
    const [port] = (await once(simulator, 'message')) as [number];
    const worker = start('reconcile-run.ts', `http://127.0.0.1:${port}`, databaseUrl, namespace);
    await once(worker, 'message');
    const run = async (kind: RunKind) => {
      worker.send(kind);
      return ((await once(worker, 'message')) as [RunCost])[0];
    };
    const [adopting, idle, light] = [await run('full'), await run('full'), await run('light')];
    worker.disconnect();
    if (idle.actions + light.actions > 0) throw new Error('something was left to do after everything was done');
    const rooms = PEOPLE * (ROOMS_EACH + 1);
    if (adopting.rooms !== rooms) throw new Error(`saw ${adopting.rooms} rooms, not ${rooms}`);
    const group = `Reconciliation of ${rooms.toLocaleString('en')} rooms, simulated homeserver`;
    return [
      { group, name: 'everything lost: all adopted', value: adopting.seconds, unit: 's', limit: { most: 60 } },
      { group, name: 'of it CPU of ours', value: adopting.cpuSeconds, unit: 's' },
      { group, name: 'memory that this takes at most', value: adopting.grownMib, unit: 'MiB', limit: { most: 256 } },
      { group, name: 'full, nothing to do', value: idle.seconds, unit: 's', limit: { most: 60 } },
      { group, name: 'of it CPU of ours', value: idle.cpuSeconds, unit: 's' },
      { group, name: 'light, nothing to do', value: light.seconds, unit: 's' },
    ];
  } finally {
    simulator.disconnect();
    await dropSchema(databaseUrl, namespace);
  }
}

/** Real rooms on the stack's Synapse, looked at and planned; nothing of it is done, and the rooms are left afterwards. */
export async function benchReconcileSynapse({ home, stack }: TestStack, many: number): Promise<Figure[]> {
  const kept = JSON.parse(readFileSync(join(home, 'kept.json'), 'utf8')) as { secrets: Record<string, string> };
  const http = createMatrixHttp({ baseUrl: stack.homeserver.url, accessToken: kept.secrets.token_surfaces! });
  const database = openDatabase(stack.database_url, { namespace: 'surfaces', max: 2, applicationName: 'bench' });
  const self = stack.bot.user_id as UserId;
  const made: RoomId[] = [];
  try {
    const owner = `@reconciled-${randomBytes(4).toString('hex')}:${stack.homeserver.server_name}` as UserId;
    const make = async (kind: 'space' | 'chat', name: string) => {
      const session = kind === 'chat' && { session_id: `${name}-${owner}` as SessionId };
      const state = { kind, owner, state: 'active', op: `${name}-${owner}` as OpId, ...session } as const;
      const room = await createRoom(http, { self, state, name, invite: [] });
      made.push(room);
      return room;
    };
    const space = await make('space', 'bench');
    const names = Array.from({ length: many - 1 }, (_, n) => `bench ${n}`).values();
    const work = async () => {
      for (const name of names) await linkChild(http, space, await make('chat', name), self);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const looked = await compare('full', { database, http, self });
    const group = `Reconciliation of ${many} rooms on Synapse`;
    return [
      { group, name: 'looked at and planned', value: looked.ms / 1_000, unit: 's', limit: { most: 15 } },
      { group, name: 'a room', value: looked.ms / looked.rooms, unit: 'ms' },
    ];
  } finally {
    for (const room of made) await leaveRoom(http, room).catch(() => {});
    await Promise.all([http.close(), database.close()]);
  }
}

function start(file: string, ...args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
}
