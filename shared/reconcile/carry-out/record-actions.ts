import type { RoomId } from '../../ids/ids.ts';
import type { Database } from '../../store/postgres.ts';
import { adoptRooms, correctRooms, markBack, markGone, moveSpaces, renameRooms } from '../../store/reconciliation.ts';
import type { Action } from '../actions.ts';
import type { Facts } from '../facts.ts';

type Of<Do extends Action['do']> = Extract<Action, { readonly do: Do }>;

/**
 * Does what changes nothing but the record, all rooms of a kind at once. Each change holds only where the record still says
 * what it said in `facts`, so that a command that was quicker is not undone.
 */
export async function recordActions(actions: readonly Action[], facts: Facts, database: Database): Promise<void> {
  const of = <Do extends Action['do']>(what: Do) =>
    actions.filter((action): action is Of<Do> => action.do === what) as readonly Of<Do>[];
  const recorded = new Map(facts.rooms.map((room) => [room.roomId, room]));
  const createdAt = new Map(facts.seen.map((room) => [room.roomId, room.createdAt]));
  const spaceOf = new Map(facts.people.map(({ userId, spaceId }) => [userId, spaceId]));

  await adoptRooms(
    database,
    of('adopt').map(({ room, state, name, namedBy }) => ({
      ...saidBy(state),
      ...{ roomId: room, name, namedBy, op: state.op },
      createdAt: new Date(createdAt.get(room) || Date.now()),
    })),
  );
  await correctRooms(
    database,
    of('correct').map(({ room, state }) => ({ roomId: room, now: saidBy(state), was: recorded.get(room)! })),
  );
  await renameRooms(
    database,
    of('rename').map(({ room, name }) => ({ roomId: room, name, was: recorded.get(room)!.name })),
  );
  await markGone(database, roomsOf(of('mark_gone')));
  await markBack(database, roomsOf(of('mark_back')));
  await moveSpaces(
    database,
    of('set_space').map(({ person, space }) => ({ person, space, was: spaceOf.get(person) ?? null })),
  );
}

function saidBy({ kind, owner, session_id, state }: Of<'adopt'>['state']) {
  return { kind, owner, sessionId: kind === 'chat' ? (session_id ?? null) : null, state };
}

function roomsOf(actions: readonly { readonly room: RoomId }[]): RoomId[] {
  return actions.map(({ room }) => room);
}
