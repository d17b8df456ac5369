import { opId, type RoomId, type SessionId } from '../../../ids/ids.ts';
import type { RoomState } from '../../../matrix/room-state.ts';
import type { Action, Plan } from '../../actions.ts';
import type { Facts, RecordedRoom, SeenRoom } from '../../facts.ts';

/** The world while a plan is carried out. */
type World = {
  -readonly [Key in keyof Pick<Facts, 'seen' | 'rooms' | 'people'>]: Facts[Key][number][];
} & {
  readonly self: Facts['self'];
  readonly told: Set<string>;
  /** Rooms whose rows were taken along by the room that bears their session now. */
  readonly moved: Set<RoomId>;
};

/** Whether the bot is let into the room that has taken another one's place; one that it is in it has been let into. */
export type LetIn = (successor: RoomId) => boolean;

/**
 * What is true once everything that a plan says was done: a model of the worker that does it, pure and without Matrix. Strict:
 * an action that makes no sense at its place throws.
 */
export function carriedOut(facts: Facts, { actions }: Plan, isLetIn: LetIn = () => true): Facts {
  const world: World = {
    self: facts.self,
    seen: [...facts.seen],
    rooms: [...facts.rooms],
    people: [...facts.people],
    told: new Set(facts.told),
    moved: new Set(),
  };
  for (const action of actions) carryOut(action, world, isLetIn);
  const { seen, rooms, people, told } = world;
  return { ...facts, seen, rooms, people, told };
}

function carryOut(action: Action, world: World, isLetIn: LetIn): void {
  switch (action.do) {
    case 'adopt':
      adopt(action, world);
      break;
    case 'correct':
      record(world, action.room, said(action.state));
      break;
    case 'rename':
      record(world, action.room, { name: action.name, namedBy: 'person' });
      break;
    case 'mark_gone':
      record(world, action.room, { gone: true });
      break;
    case 'mark_back':
      record(world, action.room, { gone: false });
      break;
    case 'set_space':
      world.people = world.people.filter(({ userId }) => userId !== action.person);
      world.people.push({ userId: action.person, spaceId: action.space });
      break;
    case 'link':
      see(world, action.space, ({ children }) => ({ children: [...children, action.room] }));
      break;
    case 'unlink':
      see(world, action.space, ({ children }) => ({ children: children.filter((child) => child !== action.room) }));
      break;
    case 'leave_space':
      seen(world, action.kept);
      world.seen = world.seen.filter(({ roomId }) => roomId !== action.space);
      record(world, action.space, { gone: true, state: 'archived' });
      break;
    case 'invite':
      invite(world, action.room, action.person);
      break;
    case 'claim':
      claim(action, world);
      break;
    case 'follow':
      follow(action, world, isLetIn);
      break;
    case 'tell_power':
      world.told.add(action.powerEvent);
      break;
    case 'stop':
      record(world, action.room, { waiting: false });
      break;
  }
}

function adopt({ room, state, name, namedBy }: Extract<Action, { do: 'adopt' }>, world: World): void {
  const session = state.session_id ?? null;
  const moved = world.rooms.find(({ sessionId }) => session !== null && sessionId === session);
  const row = { ...said(state), roomId: room, name, namedBy, gone: false, waiting: false };
  if (moved) world.moved.add(moved.roomId);
  world.rooms = [...world.rooms.filter((each) => each !== moved), row];
  if (!world.people.some(({ userId }) => userId === state.owner))
    world.people.push({ userId: state.owner, spaceId: null });
}

function claim({ room, owner }: Extract<Action, { do: 'claim' }>, world: World): void {
  const known = world.rooms.find(({ roomId }) => roomId === room);
  const op = opId('claim', room);
  const session_id = known?.sessionId ?? (`chat-${op}` as SessionId);
  const own: RoomState = { kind: 'chat', owner, state: known?.state ?? 'active', session_id, op };
  const { name, missing } = seen(world, room);
  const named = name ?? { value: 'New conversation', by: world.self };
  see(world, room, () => ({ own, forgedBy: null, name: named }));
  if (!missing.includes('invitations')) invite(world, room, owner);
  if (known) record(world, room, { name: named.value });
  else adopt({ do: 'adopt', room, state: own, name: named.value, namedBy: 'nobody' }, world);
}

function invite(world: World, room: RoomId, person: SeenRoom['createdBy']): void {
  see(world, room, ({ memberships }) => ({ memberships: { [person]: 'invite', ...memberships } }));
}

function follow({ room, successor, owner }: Extract<Action, { do: 'follow' }>, world: World, isLetIn: LetIn): void {
  const old = seen(world, room);
  const there = world.seen.find(({ roomId }) => roomId === successor);
  if (there ? there.missing.includes('state') : !isLetIn(successor)) {
    record(world, room, { gone: true });
    return;
  }
  const { own } = old;
  if (there) see(world, successor, () => ({ own, forgedBy: null }));
  else world.seen.push({ ...old, roomId: successor, successor: null });
  const isChild = (space: SeenRoom) => space.own?.kind === 'space' && space.own.owner === owner;
  const space = world.people.find(({ userId }) => userId === owner)?.spaceId;
  if (own?.kind === 'chat' && world.seen.some((each) => each.roomId === space && isChild(each)))
    see(world, space!, ({ children }) => ({ children: [...children.filter((child) => child !== room), successor] }));
  world.people = world.people.map((person) => (person.spaceId === room ? { ...person, spaceId: successor } : person));
  if (world.rooms.some(({ roomId }) => roomId === successor)) return;
  record(world, room, { roomId: successor, gone: false });
}

function said({ kind, owner, state, session_id }: RoomState) {
  return { kind, owner, state, sessionId: session_id ?? null };
}

function seen({ seen: rooms }: World, room: RoomId): SeenRoom {
  const found = rooms.find(({ roomId }) => roomId === room);
  if (!found) throw new Error(`${room} is not seen`);
  return found;
}

function see(world: World, room: RoomId, change: (room: SeenRoom) => Partial<SeenRoom>): void {
  const found = seen(world, room);
  world.seen = world.seen.map((each) => (each === found ? { ...found, ...change(found) } : each));
}

function record(world: World, room: RoomId, change: Partial<RecordedRoom>): void {
  const found = world.rooms.find(({ roomId }) => roomId === room);
  if (!found && world.moved.has(room)) return;
  if (!found) throw new Error(`${room} is not in the record`);
  world.rooms = world.rooms.map((each) => (each === found ? { ...found, ...change } : each));
}
