import type { Frame } from '../frame.ts';
import { answered, type BrokenHost, hears, only, sends, sharing } from './faults.ts';
import type { Wire } from './proxy.ts';

/** Hosts that treat connections and frames in a wrong way. */
export const BROKEN_CONNECTIONS: readonly BrokenHost[] = [
  {
    host: 'lets every token in',
    rule: 'a wrong token',
    shows: 'the close of the connection',
    fault: () => ({ token: 'a token for tests' }),
  },
  {
    host: 'closes with 1000 where the token is wrong',
    rule: 'a wrong token',
    shows: 'close code 4401',
    fault: () => ({ closeCode: () => 1000 }),
  },
  {
    host: 'speaks every version',
    rule: 'unknown versions',
    shows: 'unsupported_version',
    fault: hears(only('hello', (frame) => ({ ...frame, versions: ['surfaces.agent/1'] }))),
  },
  {
    host: 'looks at the first version alone',
    rule: 'of several versions',
    shows: 'welcome',
    fault: hears(only('hello', (frame) => ({ ...frame, versions: (frame.versions as string[]).slice(0, 1) }))),
  },
  {
    host: 'takes requests before hello',
    rule: 'a request before hello',
    shows: 'bad_request',
    fault: sends((frame) => (frame.type === 'error' ? { type: 'request.done', re: frame.re, result: {} } : frame)),
  },
  {
    host: 'knows instances by nothing',
    rule: 'newer connection of the same instance',
    shows: 'the close of the connection',
    fault: hears(only('hello', (frame) => ({ ...frame, client: { name: 'x', instance: crypto.randomUUID() } }))),
  },
  {
    host: 'never pongs',
    rule: 'a ping is answered',
    shows: 'pong',
    fault: sends(only('pong', () => [])),
  },
  {
    host: 'keeps silent clients',
    rule: 'a silent client is pinged',
    shows: 'the close of the connection',
    fault: (wire) => {
      const alive = setInterval(() => wire.toHost({ type: 'pong', nonce: 'x' }), 200);
      return { onGone: () => clearInterval(alive) };
    },
  },
  {
    host: 'closes silent clients without a ping',
    rule: 'a silent client is pinged',
    shows: 'a ping after',
    fault: sends(only('ping', () => [])),
  },
  {
    host: 'takes nothing but a pong for life',
    rule: 'any frame counts as life',
    shows: 'the connection to stay',
    fault: hears((frame) => (frame.type === 'conformance.alive' ? [] : frame)),
  },
  {
    host: 'closes at malformed text',
    rule: 'text that is no JSON object',
    shows: '1011',
    fault: (wire) => ({ fromClientRaw: () => Boolean(wire.close(1011)) }),
  },
  {
    host: 'does not hear binary frames',
    rule: 'a binary frame',
    shows: 'bad_request',
    fault: () => ({ fromClientRaw: () => false }),
  },
  {
    host: 'knows every type',
    rule: 'an unknown type',
    shows: 'unsupported',
    fault: hears(only('weather.get', answered())),
  },
  {
    host: 'refuses fields that it does not know',
    rule: 'unknown fields are ignored',
    shows: 'welcome as the answer to hello',
    fault: hears((frame, wire) => {
      if (!('colour' in frame)) return frame;
      wire.toClient({ type: 'error', re: frame.id, code: 'bad_request', message: 'colour?', retryable: false });
      return [];
    }),
  },
  {
    host: 'does a request again when its id comes again',
    rule: 'repeated under the same id',
    shows: 'a second turn.started',
    fault: sends(only('turn.started', (frame) => ({ ...frame, resumed: false }))),
  },
  {
    host: 'is brought down by a frame that is too large',
    rule: 'a frame of max_frame_bytes',
    shows: 'the close of the connection',
    fault: sharing((wires) => (wire) => {
      wires.add(wire);
      return {
        fromClient(frame) {
          if (JSON.stringify(frame).length > 1024 * 1024) for (const each of wires) each.close(1009);
          return frame;
        },
      };
    }),
  },
  {
    host: 'puts up with nonsense for ever',
    rule: '32 malformed frames',
    shows: 'the close of the connection',
    fault: (wire) => ({
      fromClientRaw() {
        wire.toClient({ type: 'error', code: 'bad_request', message: 'not JSON', retryable: false });
        return false;
      },
    }),
  },
  {
    host: 'shortens ids',
    rule: 'ids of up to 64 characters',
    shows: 'an answer to session.list',
    fault: sends((frame) => ('re' in frame ? { ...frame, re: String(frame.re).slice(0, 40) } : frame)),
  },
  {
    host: 'answers what is quick first',
    rule: 'requests of one session that are sent at once',
    shows: 'answers in the order',
    fault: sends(only('session.opened', later)),
  },
  {
    host: 'is as slow as its slowest client',
    rule: 'a client that reads nothing',
    shows: 'turn.ended',
    fault: sharing((wires) => (wire) => {
      wires.add(wire);
      const held: Frame[] = [];
      const flow = () => {
        while (held.length > 0 && [...wires].every((each) => each.waiting() < 512 * 1024)) wire.toClient(held.shift()!);
      };
      const timer = setInterval(flow, 20);
      return {
        fromHost(frame) {
          held.push(frame);
          flow();
          return [];
        },
        onGone() {
          clearInterval(timer);
          wires.delete(wire);
        },
      };
    }),
  },
];

function later(frame: Frame, wire: Wire): readonly Frame[] {
  setTimeout(() => wire.toClient(frame), 100);
  return [];
}
