import type { Frame } from '../frame.ts';
import { asRequested, type BrokenHost, only, sends, without } from './faults.ts';

/** Hosts whose events and answers are not what they should be. */
export const BROKEN_EVENTS: readonly BrokenHost[] = [
  {
    host: 'drops an event',
    rule: 'count from 1 without a gap',
    shows: 'seq 2',
    fault: sends((frame) => (frame.seq === 2 ? [] : frame)),
  },
  {
    host: 'sends an event twice',
    rule: 'count from 1 without a gap',
    shows: 'seq 3',
    fault: sends((frame) => (frame.seq === 2 ? [frame, frame] : frame)),
  },
  {
    host: 'swallows the end',
    rule: 'count from 1 without a gap',
    shows: 'turn.ended',
    fault: sends(only('turn.ended', () => [])),
  },
  {
    host: 'ends turns twice',
    rule: 'a turn ends once',
    shows: 'nothing of the turn behind turn.ended',
    fault: sends(only('turn.ended', (frame) => [frame, { ...frame, seq: Number(frame.seq) + 1 }])),
  },
  {
    host: 'sends the first event before turn.started',
    rule: 'turn.started comes before the first event',
    shows: 'turn.started before any event',
    fault: (wire) => ({
      fromHost(frame) {
        const held = wire.memory.get('held') as Frame | undefined;
        if (frame.type === 'turn.started' && frame.resumed === false) wire.memory.set('held', frame);
        else if (held && wire.memory.delete('held')) return [frame, held];
        return wire.memory.get('held') === frame ? [] : frame;
      },
    }),
  },
  {
    host: 'answers under another id',
    rule: 'answered exactly once',
    shows: 'an answer to',
    fault: sends((frame) => (frame.type === 'request.done' ? { ...frame, re: `${frame.re}-x` } : frame)),
  },
  {
    host: 'answers twice',
    rule: 'answered exactly once',
    shows: 'a request that is open',
    fault: sends(only('session.opened', (frame) => [frame, frame])),
  },
  {
    host: 'answers turn.attach with request.done',
    rule: 'answered exactly once',
    shows: 'turn.started',
    fault: asRequested('turn.start', ({ re }) => ({ type: 'request.done', re, result: {} })),
  },
  {
    host: 'sends a state that nobody knows',
    rule: 'fits the schema of its type',
    shows: 'session.opened as in the schema: state',
    fault: sends(only('session.opened', (frame) => ({ ...frame, state: 'sleeping' }))),
  },
  {
    host: 'sends errors without retryable',
    rule: 'fits the schema of its type',
    shows: 'retryable',
    fault: sends(only('error', (frame) => without(frame, 'retryable'))),
  },
];
