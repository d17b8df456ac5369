import { describe, expect, test } from 'vitest';
import type { RoomId, UserId } from '../../../shared/ids/ids.ts';
import { type AccountRoom, readAccountRoom } from '../../../shared/matrix/account-rooms.ts';
import { readOptions } from './options.ts';
import { isNothing, type Plan, splitRooms } from './plan.ts';
import { countKinds, planText } from './plan-text.ts';
import { Refused } from './refused.ts';

const BOT = '@bot:b' as UserId;
const ANN = '@ann:b' as UserId;

function room(kind: AccountRoom['kind'], fields: Partial<AccountRoom> = {}): AccountRoom {
  return { roomId: `!${kind}:b` as RoomId, kind, membership: 'join', removable: [], ...fields };
}
const nothing: Plan = {
  rooms: [],
  foreignRooms: [],
  volume: { at: '/agents', workspaces: [], folders: [], foreign: [] },
};

describe('options', () => {
  test('--dev has to be said, and not in production', () => {
    expect(() => readOptions([], {})).toThrow('reset --dev');
    expect(() => readOptions(['--dev', '--yes'], { SURFACES_ENV: 'production' })).toThrow(Refused);
    expect(() => readOptions(['--dev', '--sideways'], {})).toThrow('sideways');
    expect(readOptions(['--dev', '--homeserver', 'http://a'], {})).toEqual({
      yes: false,
      json: false,
      homeserver: 'http://a',
    });
  });
});

describe('plan', () => {
  test('rooms go before their Spaces, and what is foreign stays', () => {
    const left = room('foreign', { membership: 'leave' });
    const foreign = room('foreign');
    const all = [room('invitation'), room('dm'), foreign, room('space'), left, room('made'), room('room')];
    const { rooms, foreignRooms } = splitRooms(all);
    expect(rooms.map(({ kind }) => kind)).toEqual(['room', 'space', 'made', 'dm', 'invitation']);
    expect(foreignRooms).toEqual([foreign]);
  });

  test('is nothing only where nothing of ours is anywhere', () => {
    const foreign = { ...nothing.volume, foreign: ['mine'] };
    expect(isNothing({ ...nothing, foreignRooms: [room('foreign')], volume: foreign })).toBe(true);
    expect(isNothing({ ...nothing, rooms: [room('dm')] })).toBe(false);
    expect(isNothing({ ...nothing, database: { at: 'a', schema: 's', rows: { told: 1 } } })).toBe(false);
    expect(isNothing({ ...nothing, redis: { at: 'a', prefix: 's:', keys: 1 } })).toBe(false);
    expect(isNothing({ ...nothing, volume: { ...foreign, folders: ['.host'] } })).toBe(false);
  });

  test('is told readably', () => {
    const names = ['Tomatoes', 'Onions', 'Two\nlines', 'Leeks'];
    const rooms = names.map((name) => room('room', { owner: ANN, name, removable: [ANN] }));
    const plan: Plan = {
      ...nothing,
      account: { homeserver: 'http://127.0.0.1:8008', userId: BOT },
      rooms: [...rooms, room('space', { owner: ANN, name: 'Ann’s agents', removable: [ANN] }), room('dm')],
      foreignRooms: [room('foreign', { name: '\u001b[31mTown square' })],
      database: { at: '127.0.0.1:5432/a', schema: 'surfaces', rows: { person: 1, lane_item: 1200, room: 6 } },
      redis: { at: '127.0.0.1:6379/0', prefix: 'surfaces:', keys: 1 },
      volume: { at: '/agents', workspaces: ['chat-1', 'chat-2'], folders: ['.host'], foreign: ['mine.txt'] },
      agent: 'ws://10.0.0.9:7700',
    };
    const text = planText(plan);
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toEqual([
      'The development account @bot:b at http://127.0.0.1:8008 is taken back to nothing:',
      '',
      '  Rooms      1 Space, 4 rooms and 1 DM are left and forgotten; 1 person is removed from them first',
      '             @ann:b: 1 Space and 4 rooms: “Tomatoes”, “Onions”, “Two” and 2 more',
      '  Database   1,207 rows (of 1 person and 1,200 messages and commands) in the schema surfaces of 127.0.0.1:5432/a',
      '  Redis      1 key surfaces:* of 127.0.0.1:6379/0',
      '  Volume     2 workspaces and .host in /agents',
      '',
      'Left alone:',
      '  1 room that the account entered without an invitation: “[31mTown square”',
      '  the account itself with its name, and what it uploaded to the homeserver; people’s DMs stay theirs',
      '  every other schema of the database, and the record of its migrations',
      '  every other key of Redis',
      '  1 other entry of the volume: mine.txt',
      '  what the agent host at ws://10.0.0.9:7700 knows: if it keeps conversations elsewhere, empty it too, and restart it',
      '',
    ]);
    expect(countKinds([])).toBe('no rooms');
  });
});

describe('a room of the account', () => {
  const event = (type: string, content: object, fields: object = {}) => ({
    type,
    state_key: '',
    sender: BOT,
    content,
    ...fields,
  });
  const member = (user: string, membership: string) => event('m.room.member', { membership }, { state_key: user });
  const own = event('dev.surfaces.room', { kind: 'chat', owner: ANN, session_id: 'chat-1', state: 'active', op: 'op' });
  const power = event('m.room.power_levels', { users: { [BOT]: 100, [ANN]: 50, '@boss:b': 100 }, kick: 50 });
  const create = event('m.room.create', {});
  const people = ['join', 'invite', 'knock', 'leave', 'ban'].map((membership) =>
    member(`@${membership}:b`, membership),
  );

  test('that the bot made: whoever is in it or invited can be removed, but nobody of its own rank', () => {
    const state = [create, own, power, ...people, member(BOT, 'join'), member(ANN, 'join'), member('@boss:b', 'join')];
    expect(readAccountRoom(state, BOT)).toEqual({
      kind: 'room',
      owner: ANN,
      removable: ['@join:b', '@invite:b', '@knock:b', ANN],
    });
  });

  test('without the power to remove people nobody is', () => {
    const weak = event('m.room.power_levels', { users: { [BOT]: 40 } });
    expect(readAccountRoom([create, own, weak, member(ANN, 'join')], BOT).removable).toEqual([]);
  });

  test('our state counts only if we sent it; what others made is not told from state', () => {
    const theirs = { ...create, sender: ANN };
    expect(readAccountRoom([theirs, { ...own, sender: ANN }, power, ...people], BOT)).toEqual({ removable: [] });
    expect(readAccountRoom([create, event('m.room.name', { name: 'A' })], BOT)).toMatchObject({
      kind: 'made',
      name: 'A',
    });
    expect(readAccountRoom([{ type: 'm.room.create' }, null, 7], BOT)).toEqual({ removable: [] });
  });
});
