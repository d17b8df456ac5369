import type { UserId } from '../ids/ids.ts';
import type { Action } from './actions.ts';
import type { Facts } from './facts.ts';

/** Whose room, or Space, each action of a plan is about: what is mended for one person is mended in order. */
export function ownersIn(facts: Facts): (action: Action) => UserId {
  const owners = new Map(facts.rooms.map(({ roomId, owner }) => [roomId, owner]));
  // Matrix is the authority, where both know.
  for (const { roomId, own } of facts.seen) if (own) owners.set(roomId, own.owner);
  return (action) => {
    switch (action.do) {
      case 'adopt':
      case 'correct':
        return action.state.owner;
      case 'set_space':
      case 'invite':
        return action.person;
      case 'link':
      case 'unlink':
        return owners.get(action.space)!;
      case 'rename':
        return owners.get(action.room)!;
      default:
        return action.owner;
    }
  };
}
