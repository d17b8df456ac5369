import type { RoomState } from '../../matrix/room-state.ts';
import { sayPlain } from '../../texts/say.ts';
import type { Action } from '../actions.ts';
import type { RecordedRoom } from '../facts.ts';
import type { Known } from './known.ts';
import type { OwnedRoom } from './owned-room.ts';

/** With these a room waits for its first question, which names it. */
const WAITING_NAMES: ReadonlySet<string> = new Set(
  (['en', 'ru'] as const).flatMap((language) => [
    sayPlain(language, 'first_room_name'),
    sayPlain(language, 'new_room_name'),
  ]),
);

/** What one room of ours needs by itself. */
export function planRoom(room: OwnedRoom, { facts, seen, recorded, spaces }: Known): Action[] {
  const { roomId, own, successor, memberships, missing, powerEvent } = room;
  const { owner } = own;
  const known = recorded.get(roomId);
  const actions: Action[] = [];
  if (!known) actions.push({ do: 'adopt', room: roomId, state: own, ...nameOf(room, facts.self) });
  else if (differs(known, own)) actions.push({ do: 'correct', room: roomId, state: own });
  if (successor) {
    // Where it could not be followed before, it is not tried at each run, but once the bot was let in and may do its work.
    const there = seen.get(successor);
    if (!known?.gone || (there && !there.missing.includes('state')))
      actions.push({ do: 'follow', room: roomId, successor, owner });
    return actions;
  }
  if (known?.gone) actions.push({ do: 'mark_back', room: roomId, owner });
  const { name } = room;
  if (known && own.kind === 'chat' && name && name.by !== facts.self && name.value !== known.name)
    actions.push({ do: 'rename', room: roomId, name: name.value });
  // Nobody is called into what is about to be left, or asked to change it.
  if (spaces.surplus.has(roomId)) return actions;
  if (memberships[owner] === undefined && own.state === 'active' && !missing.includes('invitations'))
    actions.push({ do: 'invite', room: roomId, person: owner });
  if (missing.length > 0 && memberships[owner] === 'join' && !facts.told.has(powerEvent))
    actions.push({ do: 'tell_power', room: roomId, owner, missing, powerEvent });
  const isAway = memberships[owner] === 'leave' || memberships[owner] === 'ban';
  if (known?.waiting && isAway) actions.push({ do: 'stop', room: roomId, owner });
  return actions;
}

function differs(known: RecordedRoom, own: RoomState): boolean {
  return (
    known.kind !== own.kind ||
    known.owner !== own.owner ||
    known.sessionId !== (own.session_id ?? null) ||
    known.state !== own.state
  );
}

function nameOf({ name }: OwnedRoom, self: string) {
  if (!name) return { name: null, namedBy: 'nobody' } as const;
  if (name.by !== self) return { name: name.value, namedBy: 'person' } as const;
  // Named by its first question or by a command, it is not named again by the next question.
  return { name: name.value, namedBy: WAITING_NAMES.has(name.value) ? 'nobody' : 'question' } as const;
}
