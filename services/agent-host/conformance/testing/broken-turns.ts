import type { Frame } from '../frame.ts';
import { answered, asRequested, type BrokenHost, hears, only, remembering, sends } from './faults.ts';
import type { Wire } from './proxy.ts';

/** Hosts that lose, mix up or repeat turns, and do not stop them. */
export const BROKEN_TURNS: readonly BrokenHost[] = [
  {
    host: 'takes another input for the same turn',
    rule: 'with another input is refused with turn_conflict',
    shows: 'turn_conflict',
    fault: hears(only('turn.start', attachTheSecond)),
  },
  {
    host: 'knows turns by the connection on which they were started',
    rule: 'a request whose connection was lost',
    shows: 'turn.started',
    fault: () => {
      const mark = `@${crypto.randomUUID()}`;
      return {
        fromClient: (frame) => ('turn_id' in frame ? { ...frame, turn_id: frame.turn_id + mark } : frame),
        fromHost: (frame) => ('turn_id' in frame ? { ...frame, turn_id: String(frame.turn_id).split('@')[0] } : frame),
      };
    },
  },
  {
    host: 'replays everything, whatever the client has',
    rule: 'turn.start repeated with the same input is an attach',
    shows: 'the same events from seq 2 on',
    fault: hears((frame) => ('after_seq' in frame ? { ...frame, after_seq: 0 } : frame)),
  },
  {
    host: 'stamps the events anew at each replay',
    rule: 'every replay of a turn is the same',
    shows: 'the same events again',
    fault: sends((frame) => ('at' in frame ? { ...frame, at: Math.floor(performance.now() * 1000) } : frame)),
  },
  {
    host: 'ends turns with their client',
    rule: 'a turn goes on without its client',
    shows: 'more words',
    fault: (wire) => ({
      fromClient(frame) {
        if (frame.type === 'turn.start') wire.memory.set('turn', frame);
        return frame;
      },
      onGone() {
        const { session_id, turn_id } = (wire.memory.get('turn') ?? {}) as Partial<Frame>;
        if (turn_id) wire.toHost({ type: 'turn.cancel', id: 'proxy-cancel', session_id, turn_id });
      },
    }),
  },
  {
    host: 'sends events to the first client alone',
    rule: 'both get every event',
    shows: 'a message.delta',
    fault: (wire) => ({
      fromClient: remembering(wire, 'turn.attach'),
      fromHost: (frame) => ('seq' in frame && wire.memory.has('turn.attach') ? [] : frame),
    }),
  },
  {
    host: 'does not detach',
    rule: 'after turn.detach no more events',
    shows: 'no event behind',
    fault: hears(only('turn.detach', answered())),
  },
  {
    host: 'sends events once for each attach',
    rule: 'a client that attaches twice',
    shows: 'what the first client got',
    fault: (wire) => ({
      fromClient: remembering(wire, 'turn.attach'),
      fromHost: (frame) => ('seq' in frame && wire.memory.has('turn.attach') ? [frame, frame] : frame),
    }),
  },
  {
    host: 'has nothing to say to who is ahead',
    rule: 'an attach with the last seq',
    shows: 'turn.ended',
    fault: (wire) => ({
      fromClient(frame) {
        if (Number(frame.after_seq) > 5) wire.memory.set('ahead', true);
        return frame;
      },
      fromHost: (frame) => ('seq' in frame && wire.memory.has('ahead') ? [] : frame),
    }),
  },
  {
    host: 'ignores turn.cancel',
    rule: 'turn.cancel ends the turn',
    shows: 'turn.ended',
    fault: hears(only('turn.cancel', answered())),
  },
  {
    host: 'ends what was cancelled as if it were done',
    rule: 'turn.cancel ends the turn',
    shows: 'cancelled',
    fault: sends((frame) => (frame.stop_reason === 'cancelled' ? { ...frame, stop_reason: 'max_tokens' } : frame)),
  },
  {
    host: 'refuses to cancel what is over',
    rule: 'turn.cancel of a turn that is over',
    shows: 'request.done',
    fault: asRequested('turn.cancel', ({ re }) => unknownTurn(re)),
  },
];

function attachTheSecond(frame: Frame, wire: Wire): Frame {
  const key = String(frame.turn_id);
  if (!wire.memory.has(key)) {
    wire.memory.set(key, true);
    return frame;
  }
  const { id, session_id, turn_id } = frame;
  return { type: 'turn.attach', id, session_id, turn_id, after_seq: 0 };
}

function unknownTurn(re: unknown): Frame {
  return { type: 'error', re, code: 'unknown_turn', message: 'it is over', retryable: false };
}
