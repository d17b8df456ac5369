import type { UserId } from '../../../shared/ids/ids.ts';
import { type AccountRoom, accountRooms } from '../../../shared/matrix/account-rooms.ts';
import type { MatrixHttp } from '../../../shared/matrix/http.ts';
import { countOwnKeys } from '../../../shared/queue/own-keys.ts';
import type { Redis } from '../../../shared/queue/redis.ts';
import { countRows } from '../../../shared/store/empty-schema.ts';
import type { Connection } from '../../../shared/store/postgres.ts';
import { type OwnFiles, ownFiles } from './own-files.ts';
import type { Places } from './places.ts';

/** What a reset works with; what the stack never had is missing. */
export type Reach = {
  readonly places: Places;
  readonly connection?: Connection;
  readonly redis?: Redis;
  readonly account?: { readonly http: MatrixHttp; readonly self: UserId };
};

/** What is there, what of it goes and what stays. Nothing of it is secret. */
export type Plan = {
  readonly account?: { readonly homeserver: string; readonly userId: UserId };
  /** Those that the account leaves and forgets. */
  readonly rooms: readonly AccountRoom[];
  readonly foreignRooms: readonly AccountRoom[];
  readonly database?: { readonly at: string; readonly schema: string; readonly rows: Readonly<Record<string, number>> };
  readonly redis?: { readonly at: string; readonly prefix: string; readonly keys: number };
  readonly volume: OwnFiles & { readonly at: string };
  /** An agent host of somebody else's. */
  readonly agent?: string;
};

export async function makePlan({ places, connection, redis, account }: Reach): Promise<Plan> {
  const { namespace, homeserver, database, agentsDir, agentUrl } = places;
  const rooms = account ? await accountRooms(account.http, account.self) : [];
  return {
    ...(account && homeserver && { account: { homeserver: homeserver.url, userId: account.self } }),
    ...splitRooms(rooms),
    ...(connection && {
      database: {
        at: database === 'embedded' || !database ? 'the embedded Postgres' : placeOf(database.url),
        schema: namespace,
        rows: await countRows(connection),
      },
    }),
    ...(redis &&
      places.redis && {
        redis: {
          at: placeOf(places.redis.url),
          prefix: `${namespace}:`,
          keys: await countOwnKeys(redis, namespace),
        },
      }),
    volume: { at: agentsDir, ...(await ownFiles(agentsDir)) },
    ...(agentUrl && { agent: agentUrl }),
  };
}

/** In the order in which they go: rooms, their Spaces, then what others made. */
const ORDER: readonly AccountRoom['kind'][] = ['room', 'space', 'made', 'dm', 'invitation'];

export function splitRooms(rooms: readonly AccountRoom[]): Pick<Plan, 'rooms' | 'foreignRooms'> {
  return {
    rooms: ORDER.flatMap((kind) => rooms.filter((room) => room.kind === kind)),
    // Left already, and never ours: nothing to tell.
    foreignRooms: rooms.filter(({ kind, membership }) => kind === 'foreign' && membership !== 'leave'),
  };
}

export function isNothing({ rooms, database, redis, volume }: Plan): boolean {
  const rows = Object.keys(database?.rows ?? {}).length;
  return rooms.length + rows + (redis?.keys ?? 0) + volume.workspaces.length + volume.folders.length === 0;
}

/** Host, port and path of a URL: no user, no password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
