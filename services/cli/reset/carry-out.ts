import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { type AccountRoom, accountRooms } from '../../../shared/matrix/account-rooms.ts';
import { leaveForGood, removeMember } from '../../../shared/matrix/leave-for-good.ts';
import { removeOwnKeys } from '../../../shared/queue/own-keys.ts';
import { emptySchema } from '../../../shared/store/empty-schema.ts';
import { removeOwnFiles } from './own-files.ts';
import { type Plan, type Reach, splitRooms } from './plan.ts';

/** Each is some three events of the homeserver's; what it limits is waited for. */
const ROOMS_AT_ONCE = 8;
/** New invitations may come while we leave; who sends them without end is not waited for. */
const PASSES = 5;
/** Shown by clients beside the removal. */
const REASON = 'This development account was reset';

export type Done = { rooms: number; peopleRemoved: number; keys: number; workspaces: number };
type Progress = { readonly say: (line: string) => void; readonly signal: AbortSignal };

/** Where /sync has got to. */
const SYNC_TOKEN = 'lane_cursor';

/**
 * Does what the plan says, in the order whose argument stands in README.md: record, Redis, volume, rooms, sync token. Every
 * step may be interrupted and repeated. @throws what any of the servers answers, and the signal's reason.
 */
export async function carryOut(reach: Reach, plan: Plan, progress: Progress): Promise<Done> {
  const { connection, redis, account, places } = reach;
  const { say, signal } = progress;
  const done: Done = { rooms: 0, peopleRemoved: 0, keys: 0, workspaces: plan.volume.workspaces.length };
  const begin = (what: string) => {
    signal.throwIfAborted();
    say(what);
  };
  if (connection) {
    begin('emptying the database');
    await emptySchema(connection, [SYNC_TOKEN]);
  }
  if (redis) {
    begin('removing keys from Redis');
    done.keys = await removeOwnKeys(redis, places.namespace);
  }
  begin('removing workspaces from the volume');
  await removeOwnFiles(places.agentsDir, plan.volume, signal);
  if (account) await leaveRooms(account, plan.rooms, done, progress);
  if (connection) {
    begin('forgetting the place in /sync');
    await emptySchema(connection);
  }
  return done;
}

/** Until there are none, since invitations may come meanwhile. */
async function leaveRooms(
  account: NonNullable<Reach['account']>,
  planned: Plan['rooms'],
  done: Done,
  progress: Progress,
): Promise<void> {
  progress.signal.throwIfAborted();
  progress.say('leaving rooms');
  let rooms = planned;
  for (let pass = 1; rooms.length > 0; pass += 1) {
    if (pass > PASSES)
      throw new SurfacesError('matrix_refused', `${rooms.length} rooms could not be left, or come anew`);
    await leaveAll(rooms, account, done, progress);
    rooms = splitRooms(await accountRooms(account.http, account.self)).rooms;
  }
}

/** Kind by kind, as the plan has them ordered: a Space goes after the rooms in it. */
async function leaveAll(
  rooms: readonly AccountRoom[],
  { http }: NonNullable<Reach['account']>,
  done: Done,
  { say, signal }: Progress,
): Promise<void> {
  for (const group of Map.groupBy(rooms, ({ kind }) => kind).values()) {
    const queue = group.values();
    const work = async () => {
      for (const { roomId: room, removable } of queue) {
        signal.throwIfAborted();
        for (const user of removable)
          if (await removeMember(http, { room, user, reason: REASON, signal })) done.peopleRemoved += 1;
        await leaveForGood(http, { room, signal });
        done.rooms += 1;
        if (done.rooms % 50 === 0) say(`${done.rooms} of ${rooms.length} rooms are left`);
      }
    };
    await Promise.all(Array.from({ length: ROOMS_AT_ONCE }, work));
  }
}
