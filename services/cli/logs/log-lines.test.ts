import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { opId } from '../../../shared/ids/ids.ts';
import { linesAbout, readLogs } from './log-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'surfaces-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROOM = '!room:example.org';
const EVENT = '$event-1';
const TURN = opId('turn', EVENT);
const at = (second: number, fields: object) =>
  JSON.stringify({ level: 'info', time: `2026-11-28T07:00:0${second}.000Z`, ...fields });

writeFileSync(
  join(folder, 'turn-worker-1.log'),
  [
    'a line of another kind',
    at(3, { room: ROOM, event: EVENT, turn: TURN, msg: 'turn ended' }),
    at(5, { room: '!other:example.org', event: '$event-10', msg: 'another turn' }),
    at(6, { err: { message: `PUT /rooms/x/send of ${EVENT}: no answer` }, msg: 'in an error' }),
    '{"level":"info","time":"2026-11-28T07:0',
  ].join('\n'),
);
writeFileSync(join(folder, 'turn-worker-1.log.1'), at(1, { lane: `room/${ROOM}`, msg: 'before the rotation' }));
writeFileSync(join(folder, 'agent-host-1.log'), at(2, { session: 'chat-1', turn: TURN, msg: 'at the host' }));
writeFileSync(join(folder, 'kept.json'), at(0, { room: ROOM, msg: 'no log' }));

const found = (id: string) => linesAbout(readLogs(folder), id).map(({ fields }) => fields.msg);

describe('linesAbout', () => {
  test('finds a room with its lane and its turns, in order of time over all files', () => {
    expect(found(ROOM)).toEqual(['before the rotation', 'at the host', 'turn ended']);
  });

  test('finds an event and nothing whose id only begins like it', () => {
    expect(found(EVENT)).toEqual(['at the host', 'turn ended', 'in an error']);
    expect(found('$event')).toEqual([]);
  });

  test('finds an operation by the name of its send, and a session', () => {
    writeFileSync(join(folder, 'ops-1.log'), at(9, { op: 'abc.final', msg: 'a send' }));
    expect(found('abc')).toEqual(['a send']);
    expect(found('abc.final')).toEqual(['a send']);
    expect(found('chat-1')).toEqual(['at the host', 'turn ended']);
  });
});
