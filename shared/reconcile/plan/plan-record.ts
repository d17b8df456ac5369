import type { Action } from '../actions.ts';
import type { RecordedRoom } from '../facts.ts';
import { heirOf, type Known } from './known.ts';

/**
 * What a room of the record needs that is not, or no more, one of ours in Matrix: to be marked where the bot is not in it or
 * it goes on as another room (whose adoption has taken the row along, if it bears the same session); never to be deleted.
 */
export function planRecord({ roomId, owner, gone }: RecordedRoom, { seen }: Known): Action[] {
  const there = seen.get(roomId);
  if (!there || heirOf(there, seen)) return gone ? [] : [{ do: 'mark_gone', room: roomId, owner }];
  return there.own === null && gone ? [{ do: 'mark_back', room: roomId, owner }] : [];
}
