import type { AccountRoom } from '../../../shared/matrix/account-rooms.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import type { Plan } from './plan.ts';

/** Owners that are told one by one, and names of rooms of each. */
const MOST_OWNERS = 10;
const MOST_NAMES = 3;

/** What a reset will do, for whoever has to say yes to it. */
export function planText(plan: Plan): string {
  const { account, database, redis, volume } = plan;
  const lines = [
    account
      ? `The development account ${account.userId} at ${account.homeserver} is taken back to nothing:`
      : 'This stack is taken back to nothing:',
    '',
    ...(account ? roomLines(plan.rooms) : []),
    ...(database
      ? [line('Database', `${rowsText(database.rows)} in the schema ${database.schema} of ${database.at}`)]
      : []),
    ...(redis ? [line('Redis', `${count(redis.keys, 'key')} ${redis.prefix}* of ${redis.at}`)] : []),
    line('Volume', `${filesText(volume)} in ${volume.at}`),
    '',
    'Left alone:',
    ...leftAlone(plan).map((text) => `  ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** `2 Spaces, 3 rooms, 2 DMs and 1 invitation` */
export function countKinds(rooms: readonly AccountRoom[]): string {
  const of = (kind: AccountRoom['kind']) => rooms.filter((room) => room.kind === kind).length;
  const parts = [
    [of('space'), 'Space'],
    [of('room'), 'room'],
    [of('dm'), 'DM'],
    [of('invitation'), 'invitation'],
    [of('made'), 'room made by hand', 'rooms made by hand'],
  ] as const;
  const told = parts.flatMap(([n, one, many]) => (n === 0 ? [] : [count(n, one, many)]));
  return listed(told) || 'no rooms';
}

function roomLines(rooms: readonly AccountRoom[]): string[] {
  const people = new Set(rooms.flatMap(({ removable }) => removable)).size;
  const removed = people === 0 ? '' : `; ${count(people, 'person is', 'people are')} removed from them first`;
  const owners = [
    ...Map.groupBy(
      rooms.filter(({ owner }) => owner),
      ({ owner }) => owner!,
    ),
  ];
  const shown = owners.slice(0, MOST_OWNERS).map(([owner, theirs]) => line('', `${owner}: ${namesText(theirs)}`));
  const more = owners.length - shown.length;
  return [
    line('Rooms', `${countKinds(rooms)} ${rooms.length === 1 ? 'is' : 'are'} left and forgotten${removed}`),
    ...shown,
    ...(more > 0 ? [line('', `and those of ${count(more, 'more person', 'more people')}`)] : []),
  ];
}

/** `1 Space and 4 rooms: “Ann’s agents”, “hello”, “tomatoes” and 2 more` */
function namesText(rooms: readonly AccountRoom[]): string {
  const names = rooms.flatMap(({ name }) => (name ? [`“${shortened(name)}”`] : []));
  const more = rooms.length - Math.min(names.length, MOST_NAMES);
  const told = [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])];
  return `${countKinds(rooms)}: ${listed(told)}`;
}

function rowsText(rows: Readonly<Record<string, number>>): string {
  const all = Object.values(rows).reduce((sum, one) => sum + one, 0);
  if (all === 0) return 'no rows';
  const { person = 0, lane_item: items = 0 } = rows;
  const known = [count(person, 'person', 'people'), count(items, 'message or command', 'messages and commands')];
  return `${count(all, 'row')} (of ${listed(known)})`;
}

function filesText({ workspaces, folders }: Plan['volume']): string {
  return listed([count(workspaces.length, 'workspace'), ...folders]);
}

function leftAlone({ foreignRooms, database, redis, volume, agent, account }: Plan): string[] {
  const named = foreignRooms.slice(0, MOST_NAMES).map(({ name, roomId }) => (name ? `“${shortened(name)}”` : roomId));
  const foreign = `${count(foreignRooms.length, 'room')} that the account entered without an invitation: ${named.join(', ')}${foreignRooms.length > MOST_NAMES ? ', …' : ''}`;
  const files = volume.foreign.slice(0, MOST_NAMES).join(', ');
  return [
    ...(foreignRooms.length > 0 ? [foreign] : []),
    ...(account
      ? ['the account itself with its name, and what it uploaded to the homeserver; people’s DMs stay theirs']
      : []),
    ...(database ? ['every other schema of the database, and the record of its migrations'] : []),
    ...(redis ? ['every other key of Redis'] : []),
    ...(volume.foreign.length > 0
      ? [
          `${count(volume.foreign.length, 'other entry', 'other entries')} of the volume: ${files}${volume.foreign.length > MOST_NAMES ? ', …' : ''}`,
        ]
      : []),
    ...(agent
      ? [`what the agent host at ${agent} knows: if it keeps conversations elsewhere, empty it too, and restart it`]
      : []),
  ].map(harmless);
}

function line(title: string, text: string): string {
  return `  ${title.padEnd(10)} ${harmless(text)}`.trimEnd();
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function shortened(name: string): string {
  const [first = ''] = name.split('\n');
  return first.length > 40 ? `${first.slice(0, 39)}…` : first;
}
