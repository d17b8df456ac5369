import type { RoomId } from '../ids/ids.ts';
import { harmless } from '../texts/harmless.ts';
import type { Action, Note } from './actions.ts';
import type { Facts, Missing, RecordedRoom } from './facts.ts';
import { ownersIn } from './owner-of.ts';
import type { Comparison } from './run-reconcile.ts';

const POWERS: Readonly<Record<Missing, string>> = {
  state: 'write its own state',
  links: 'link rooms',
  messages: 'write messages',
  invitations: 'invite',
};

/** How a room is called: “Name” (!id), or the id alone. */
type Called = (room: RoomId) => string;

/** A plan in words, person by person, as it would be done; then what an operator may want to know. */
export function planText({ plan, facts, rooms, ms }: Pick<Comparison, 'plan' | 'facts' | 'rooms' | 'ms'>): string {
  const called = namesOf(facts);
  const recorded = new Map(facts.rooms.map((room) => [room.roomId, room]));
  const ownerOf = ownersIn(facts);
  const sections = [...Map.groupBy(plan.actions, ownerOf)].map(([owner, actions]) =>
    [harmless(owner), ...actions.map((action) => `  ${actionText(action, called, recorded)}`), ''].join('\n'),
  );
  const notes = plan.notes.map((note) => `  ${noteText(note, called)}`);
  const many = rooms === 1 ? 'One room' : `${rooms.toLocaleString('en')} rooms`;
  const todo = plan.actions.length;
  return `${[
    ...sections,
    ...(notes.length > 0 ? ['To know', ...notes, ''] : []),
    `${many} compared in ${(ms / 1_000).toFixed(1)} s. ${
      todo === 0 ? 'Nothing is to be done.' : `${todo.toLocaleString('en')} to do; nothing was done yet.`
    }`,
  ].join('\n')}\n`;
}

function actionText(action: Action, called: Called, recorded: ReadonlyMap<RoomId, RecordedRoom>): string {
  switch (action.do) {
    case 'adopt': {
      const { kind, state, session_id } = action.state;
      const what = kind === 'space' ? 'Space' : `room, session ${harmless(session_id ?? '')}`;
      return `take ${called(action.room)} into the database: ${state} ${what}`;
    }
    case 'correct':
      return `correct ${called(action.room)}: ${differences(action.state, recorded.get(action.room))}`;
    case 'rename':
      return `call ${called(action.room)} “${oneLine(action.name)}”, as somebody did by hand`;
    case 'mark_gone':
      return `mark ${called(action.room)} as gone: the bot is not in it any more`;
    case 'mark_back':
      return `${called(action.room)} is back`;
    case 'set_space':
      return action.space === null ? 'they have no Space any more' : `their Space is ${called(action.space)}`;
    case 'link':
      return `put ${called(action.room)} into the Space ${called(action.space)}`;
    case 'unlink':
      return `take ${called(action.room)} out of the Space ${called(action.space)}`;
    case 'leave_space':
      return `leave the Space ${called(action.space)}: they have ${called(action.kept)}`;
    case 'invite':
      return `invite them to ${called(action.room)}`;
    case 'claim':
      return `finish ${called(action.room)}, whose making was interrupted`;
    case 'follow':
      return `go on in ${called(action.successor)}, which has taken the place of ${called(action.room)}`;
    case 'tell_power':
      return `tell them that the bot may not ${action.missing.map((each) => POWERS[each]).join(', ')} in ${called(action.room)}`;
    case 'stop':
      return `stop what waits in ${called(action.room)}: they are not in it any more`;
  }
}

function differences(state: Extract<Action, { do: 'correct' }>['state'], was: RecordedRoom | undefined): string {
  const pairs: [string, string | null | undefined, string | null | undefined][] = [
    ['kind', was?.kind, state.kind],
    ['owner', was?.owner, state.owner],
    ['session', was?.sessionId, state.session_id],
    ['state', was?.state, state.state],
  ];
  return pairs
    .filter(([, before, now]) => (before ?? null) !== (now ?? null))
    .map(([what, before, now]) => `${what} ${harmless(before ?? 'none')} → ${harmless(now ?? 'none')}`)
    .join(', ');
}

function noteText(note: Note, called: Called): string {
  switch (note.note) {
    case 'forged':
      return `${called(note.room)} has our state from ${harmless(note.by)}: it counts for nothing`;
    case 'without_space':
      return `${harmless(note.person)} has no Space, and ${note.rooms} rooms in use: their next command makes one`;
    case 'unknown_room':
      return `${called(note.room)} was made by the bot and has none of our state`;
    case 'twin':
      return `${called(note.room)} bears the session of ${called(note.of)}: it is left as it is`;
    case 'unreadable':
      return `${called(note.room)} cannot be read: nothing of its owner’s is touched`;
  }
}

function namesOf({ seen, rooms }: Facts): Called {
  const names = new Map<RoomId, string>();
  for (const { roomId, name } of rooms) if (name !== null) names.set(roomId, name);
  for (const { roomId, name } of seen) if (name && !names.has(roomId)) names.set(roomId, name.value);
  return (room) => {
    const name = names.get(room);
    return name === undefined ? harmless(room) : `“${oneLine(name)}” (${harmless(room)})`;
  };
}

function oneLine(text: string): string {
  return harmless(text).replaceAll('\n', ' ');
}
