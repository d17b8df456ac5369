import { describe, expect, test } from 'vitest';
import type { RoomId, SessionId, UserId } from '../../../shared/ids/ids.ts';
import type { KnownRoom } from '../../../shared/store/known-rooms.ts';
import { textWidth } from '../demo/text-width.ts';
import { roomsText } from './rooms-text.ts';

const NOW = Date.parse('2026-11-27T14:03:05Z');
const before = (ms: number) => new Date(NOW - ms);

function room(fields: Partial<KnownRoom> = {}): KnownRoom {
  return {
    roomId: '!VHsFjyZIftqAOeuEos:surfaces.localhost' as RoomId,
    kind: 'chat',
    owner: '@ann:surfaces.localhost' as UserId,
    sessionId: 'chat-6geaevfo9o1v6epvnbb55ob45s' as SessionId,
    state: 'active',
    name: 'Tomatoes',
    namedBy: 'person',
    lastUsedAt: before(180_000),
    createdAt: before(900_000),
    goneAt: null,
    waiting: 0,
    running: false,
    ...fields,
  };
}

const counts = [{ kind: 'chat', state: 'active', count: 1 }] as const;

describe('roomsText', () => {
  test('shows a room on two lines, and counts', () => {
    const text = roomsText({ rooms: [room({ waiting: 2, running: true })], matching: 1, counts }, NOW);
    expect(text.split('\n')).toEqual([
      'NAME                         KIND   OWNER                        STATE     LAST USED',
      'Tomatoes                     room   @ann:surfaces.localhost      active    3 min ago    turn, 2 wait',
      '  !VHsFjyZIftqAOeuEos:surfaces.localhost  chat-6geaevfo9o1v6epvnbb55ob45s',
      '',
      'The bot knows 1 room.',
      '',
    ]);
  });

  test('keeps its columns whatever a name is, and lets none steer the terminal', () => {
    const names = ['\u001b[31mred\nsecond line', '日本語の部屋の名前がとても長くて収まらない場合', '🏡'.repeat(40), ''];
    const rooms = names.map((name) =>
      room({ name, waiting: 2, running: true, owner: `@${'a'.repeat(60)}:example.org` as UserId }),
    );
    const text = roomsText({ rooms, matching: 4, counts }, NOW);
    expect(text).not.toContain('\u001b');
    const lines = text.split('\n').filter((line) => line.includes('active'));
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(textWidth(line)).toBeLessThanOrEqual(100);
      expect(textWidth(line.slice(0, line.indexOf('active')))).toBe(65);
      expect(line).toContain('.org ');
    }
  });

  test('says how many there are beyond the limit, and that not all were asked for', () => {
    const known = {
      rooms: [room()],
      matching: 12,
      counts: [{ kind: 'chat', state: 'archived', count: 1200 }] as const,
    };
    const text = roomsText(known, NOW);
    expect(text).toContain('11 more: --limit 12');
    expect(text).toContain('12 of them match');
    expect(text).toContain('The bot knows 1,200 rooms archived.');
    expect(roomsText({ rooms: [], matching: 0, counts: [] }, NOW)).toBe('The bot knows no rooms.\n');
  });
});
