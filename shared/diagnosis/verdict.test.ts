import { describe, expect, test } from 'vitest';
import type { EventId, OpId, RoomId, SessionId, UserId } from '../ids/ids.ts';
import type { LaneLook } from '../lane/look-at.ts';
import type { GivenAnswer, OpenQuestion } from '../store/room-evidence.ts';
import type { Evidence, RunningProcess } from './evidence.ts';
import { verdict } from './verdict.ts';

const NOW = Date.parse('2026-11-27T14:03:05Z');
const before = (seconds: number) => new Date(NOW - seconds * 1_000);
const after = (seconds: number) => before(-seconds);

type Head = NonNullable<LaneLook['head']>;
const head = (fields: Partial<Head> = {}): Head => ({
  key: '$asked',
  kind: 'message',
  queue: 'turns',
  handedTo: null,
  keptFor: null,
  receivedAt: before(40),
  started: true,
  stopped: false,
  withdrawn: false,
  ...fields,
});
const look = (fields: Partial<LaneLook> = {}): LaneLook => ({
  lane: 'room/!a:b',
  doneSeq: 2,
  lastSeq: 2,
  epoch: 3,
  holder: null,
  leaseUntil: null,
  waitUntil: null,
  waits: 0,
  losses: 0,
  nudged: false,
  head: null,
  unsent: 0,
  unsentSince: null,
  saidAt: before(180),
  now: new Date(NOW),
  ...fields,
});
const answer: GivenAnswer = {
  inResponseTo: '$q' as EventId,
  eventId: '$a' as EventId,
  state: 'done',
  code: null,
  at: before(180),
  sentAt: before(179),
};
const question: OpenQuestion = {
  id: 'q',
  kind: 'permission',
  person: '@ann:b' as UserId,
  cause: '$asked' as EventId,
  eventId: '$question' as EventId,
  askedAt: before(600),
  expiresAt: after(3_600),
};
const live = { op: 'op' as OpId, part: 1, id: '$live' as EventId, edits: 4, ageMs: 30_000 };

const turnWorker = (state: RunningProcess['state']) => ({ role: 'turn-worker', instance: 'turn-worker-1', state });

const well: Evidence = {
  room: {
    roomId: '!a:b' as RoomId,
    kind: 'chat',
    owner: '@ann:b' as UserId,
    sessionId: 'chat-1' as SessionId,
    state: 'active',
    name: 'Tomatoes',
    namedBy: 'person',
    lastUsedAt: before(180),
    createdAt: before(900),
    goneAt: null,
    waiting: 0,
    running: false,
  },
  lane: look(),
  beside: [],
  live: [],
  questions: [],
  answers: [answer],
  error: null,
  ingress: true,
  workers: { commands: 1, attachments: 1, turns: 2 },
  redis: true,
  agentProblem: undefined,
  member: true,
};
const busy = (fields: Partial<LaneLook> = {}) => look({ lastSeq: 3, head: head(), ...fields });
const held = { holder: 'turn-worker-1/6f0e', leaseUntil: after(4) };
const none = { commands: 1, attachments: 1, turns: 0 };

const TABLE: readonly [string, Partial<Evidence>, string | RegExp][] = [
  ['idle', {}, 'Nothing waits; the last message was answered 3 min ago.'],
  [
    'never used',
    { lane: look({ doneSeq: 0, lastSeq: 0 }), answers: [] },
    'Nothing waits: nobody has asked anything here.',
  ],
  ['nothing but commands', { answers: [] }, 'Nothing waits.'],
  [
    'failed last',
    { answers: [{ ...answer, state: 'failed', code: 'agent_timeout' }] },
    'Nothing waits; the last message was answered with the error agent_timeout 3 min ago.',
  ],
  [
    'stopped last',
    { answers: [{ ...answer, state: 'stopped' }] },
    'Nothing waits; the last answer was stopped 3 min ago.',
  ],
  ['a Space', { room: { ...well.room, kind: 'space' } }, 'This is a Space: nobody is answered in it.'],
  ['running', { lane: busy(held), live: [live] }, 'A turn has been running for 40 s at turn-worker-1.'],
  [
    'running, after a long one, with more behind it',
    { lane: busy({ ...held, lastSeq: 5, saidAt: before(9), head: head({ receivedAt: before(500) }) }), live: [live] },
    'A turn has been running for 9 s at turn-worker-1; 2 more wait behind it.',
  ],
  [
    'running, nothing shown',
    { lane: busy(held) },
    'A turn has been running for 40 s at turn-worker-1, and nothing of it has been shown yet.',
  ],
  [
    'running and stopped',
    { lane: busy({ ...held, head: head({ stopped: true }) }), live: [live] },
    'A turn has been running for 40 s at turn-worker-1. It was told to stop.',
  ],
  [
    'a message behind a yes that nobody has taken',
    {
      lane: busy({
        lastSeq: 4,
        waitUntil: after(1),
        waits: 2,
        head: head({ key: 'confirmed-$yes', kind: 'confirmed', queue: 'commands', keptFor: '$yes', started: false }),
      }),
    },
    'What comes next waits until $yes is done, which may confirm something that comes before it; 1 more waits behind it.',
  ],
  [
    'running while the agent is away',
    { lane: busy(held), live: [live], agentProblem: 'agent_unavailable: refused' },
    /^A turn has been running .* The agent host does not answer \(agent_unavailable: refused\): .* AGENT_URL/,
  ],
  [
    'a command that runs while the agent is away',
    { lane: busy({ ...held, head: head({ kind: 'command', queue: 'commands' }) }), agentProblem: 'x' },
    'A command has been running for 40 s at turn-worker-1.',
  ],
  [
    'parked',
    { lane: busy({ waitUntil: after(3_605), lastSeq: 4 }), questions: [question] },
    'A turn waits for the answer to a permission asked at 27 Nov 13:53:05 UTC: @ann:b says !yes or !no, until 27 Nov 15:03:05 UTC; 1 more waits behind it.',
  ],
  [
    'parked, not asked yet',
    { lane: busy({ waitUntil: after(9) }), questions: [{ ...question, eventId: null }] },
    /^A turn waits for the answer to a permission that is about to be asked:/,
  ],
  [
    'a question of another message is no reason',
    { lane: busy({ waitUntil: after(9), waits: 1 }), questions: [{ ...question, cause: '$other' as EventId }] },
    'A message was put back once; it is tried again in 9 s. Something that it needs is away: the log of turn-worker says what.',
  ],
  [
    'put back, the agent away',
    { lane: busy({ waitUntil: after(9), waits: 3 }), agentProblem: 'gone' },
    /^A message was put back 3 times; it is tried again in 9 s\. The agent host does not answer \(gone\)/,
  ],
  [
    'not yet',
    { lane: busy({ waitUntil: after(2), waits: 3, head: head({ queue: 'attachments', started: false }) }) },
    'A message may not begin yet (a limit, or files that belong to it); it is tried again in 2 s.',
  ],
  [
    'what lost its worker again and again',
    { lane: busy({ waitUntil: after(9), losses: 4 }) },
    'A message lost its worker 4 times in a row, and may be why; it is tried again in 9 s. If it goes on, it ends with an error. See what ended turn-worker: its log, and whether it gets enough memory.',
  ],
  [
    'waits, nobody knows what for',
    { lane: busy({ waitUntil: after(60) }) },
    'A message waits for something from outside until 27 Nov 14:04:05 UTC.',
  ],
  [
    'its wait is over, and nobody looks',
    { lane: busy({ waitUntil: before(60) }) },
    /^A message waits and nobody holds the lane, for 40 s\. Workers are there: see that reconcile-worker is up/,
  ],
  [
    'its worker is dead',
    { lane: busy({ holder: 'turn-worker-2/1', leaseUntil: before(3) }) },
    'turn-worker-2 holds the lane and has not been heard of: its lease ended 3 s ago. reconcile-worker gives the lane to another worker within seconds; if it does not, see that it is up.',
  ],
  [
    'its worker is dead, and there is no other',
    { lane: busy({ holder: 'turn-worker-2/1', leaseUntil: before(30) }), workers: none },
    /its lease ended 30 s ago\. No turn-worker is connected: are the turn-workers up\?/,
  ],
  [
    'just came in',
    { lane: busy({ head: head({ receivedAt: before(1), started: false }) }) },
    'A message waits and nobody holds the lane, for 1 s: its wake is on the way.',
  ],
  [
    'a lost wake',
    { lane: busy({ head: head({ receivedAt: before(9), started: false }) }) },
    /for 9 s\. Its wake was lost, or the workers are busy or stand still; reconcile-worker finds it within 15 s\.$/,
  ],
  [
    'no workers',
    { lane: busy({ lastSeq: 5 }), workers: none },
    '3 messages wait and nobody holds the lane, for 40 s. No turn-worker is connected: are the turn-workers up? Start one; if it ends, its log says why.',
  ],
  [
    'handed over to those who are not there',
    { lane: busy({ head: head({ handedTo: 'commands' }) }), workers: { ...none, commands: 0, turns: 1 } },
    /No command-worker is connected/,
  ],
  [
    'workers that an operator has drained',
    { lane: busy(), processes: [turnWorker('drained'), { ...turnWorker('there'), role: 'command-worker' }] },
    /for 40 s\. No turn-worker takes work\. Drained by an operator: turn-worker-1; `npm run surfaces -- undrain turn-worker` takes that back\.$/,
  ],
  [
    'a worker that stands still',
    { lane: busy(), processes: [turnWorker('silent')] },
    /No turn-worker takes work\. Silent for 15 s or longer: turn-worker-1; restart it if nothing does\.$/,
  ],
  [
    'another that takes work',
    { lane: busy(), processes: [turnWorker('drained'), turnWorker('there')] },
    /Workers are there/,
  ],
  ['workers that nobody counts', { lane: busy(), workers: null }, /Workers are there/],
  ['no Redis', { lane: busy(), workers: null, redis: false }, /Redis does not answer, .* nothing is lost/],
  [
    'not sent',
    { lane: look({ unsent: 1, unsentSince: before(120) }) },
    'An answer is ready and not sent, for 2 min. If it lasts, the homeserver does not take it: see matrix_… in the log of the workers.',
  ],
  [
    'being sent',
    { lane: look({ unsent: 1, unsentSince: before(2), ...held }) },
    /not sent, for 2 s\. turn-worker-1 is at it\./,
  ],
  [
    'a command that hangs beside an idle room',
    {
      beside: [
        look({ lane: 'control/!a:b', lastSeq: 4, head: head({ kind: 'command', queue: 'commands' }) }),
        look({ lane: 'person/@ann:b' }),
      ],
      workers: { commands: 0, attachments: 1, turns: 1 },
    },
    /^Nothing waits; .*\nIn the lane control: 2 items wait and nobody holds the lane, for 40 s\. No command-worker is connected/,
  ],
  ['no ingress', { ingress: false }, /3 min ago\.\nNo ingress is active: what is written now is not taken in\./],
  ['archived', { room: { ...well.room, state: 'archived' } }, /3 min ago\.\nThe room is archived/],
  ['put out', { member: false }, /^The bot is not in this room: .*\nNothing waits;/],
  ['a homeserver that does not tell', { member: null }, 'Nothing waits; the last message was answered 3 min ago.'],
];

describe('verdict', () => {
  test.each(TABLE)('%s', (_, fields, said) => {
    const text = verdict({ ...well, ...fields });
    if (typeof said === 'string') expect(text).toBe(said);
    else expect(text).toMatch(said);
  });
});
