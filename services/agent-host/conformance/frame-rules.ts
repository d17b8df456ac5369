import { demand, demandError } from './breach.ts';
import type { Rule } from './rule.ts';
import { openSession, setStage, text } from './stage.ts';

const MANY_MALFORMED = 32;

export const FRAME_RULES: readonly Rule[] = [
  {
    rule: 'text that is no JSON object with a type is refused with bad_request, and the connection stays',
    section: 'Rules, unknown and malformed',
    why: 'One bad frame must not cost the other conversations of the connection their answers.',
    async check(trial) {
      await refusesEach(trial, ['', '{', 'hello', '[]', '[{"type":"ping","nonce":"1"}]', 'null', '7', '"ping"', '{}']);
    },
  },
  {
    rule: 'a binary frame is refused with bad_request, and the connection stays',
    section: 'Rules, unknown and malformed',
    why: 'The protocol is JSON in text frames; what is binary is somebody’s mistake, and has to be found as one.',
    async check(trial) {
      await refusesEach(trial, [Buffer.from([0, 1, 2, 255]), Buffer.from('{"type":"ping","nonce":"1"}')]);
    },
  },
  {
    rule: 'a message that does not fit its schema is refused with bad_request under its id, and changes nothing',
    section: 'Rules, limits',
    why: 'A client that gets no answer under its id waits for one until it gives the person an error.',
    async check(trial) {
      const raw = await trial.client();
      const session_id = await openSession(raw);
      const start = { type: 'turn.start', session_id, turn_id: 't', input: text('hello') };
      for (const bad of [
        { ...start, session_id: 5 },
        { ...start, turn_id: 'x'.repeat(256) },
        { ...start, input: [] },
        { ...start, input: 'hello' },
        { ...start, after_seq: -1 },
        { type: 'session.open', session_id },
        { type: 'turn.attach', session_id, turn_id: 't' },
      ])
        demandError(await raw.request(bad), 'bad_request', { retryable: false });
      const attach = await raw.request({ type: 'turn.attach', session_id, turn_id: 't', after_seq: 0 });
      demandError(attach, 'unknown_turn');
    },
  },
  {
    rule: '32 malformed frames in a row close the connection with 1008; 31 do not',
    section: 'Rules, unknown and malformed',
    why: 'Who sends nothing but nonsense is no client, and costs the host its log.',
    async check(trial) {
      const raw = await trial.client();
      for (let sent = 1; sent < MANY_MALFORMED; sent++) raw.send('{');
      await raw.request({ type: 'session.list' }, 'request.done');
      for (let sent = 0; sent < MANY_MALFORMED; sent++) raw.send('{');
      const { code } = await raw.untilClosed();
      demand(code === 1008, 'close code 1008', `${code}`);
    },
  },
  {
    rule: 'a frame of max_frame_bytes is taken, one above it closes its connection with 1009 and harms nobody else',
    section: 'Rules, unknown and malformed',
    why: 'The limit is in welcome so that clients can keep it; and no client may fill the memory of a host that serves all.',
    needs: ['words'],
    async check(trial) {
      const { maxFrameBytes } = trial.greeting;
      const other = await setStage(trial, 'words');
      const raw = await trial.client();
      const frame = (bytes: number) => {
        const [head, tail] = ['{"type":"conformance.large","id":"large","padding":"', '"}'];
        return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
      };
      raw.send(frame(maxFrameBytes));
      const taken = await raw.until(({ re }) => re === 'large', `an answer to a frame of ${maxFrameBytes} bytes`);
      demandError(taken, 'unsupported');
      raw.send(frame(maxFrameBytes + 1));
      const { code } = await raw.untilClosed();
      demand(code === 1009, 'close code 1009', `${code}`);
      await other.raw.request(other.start, 'turn.started');
      await other.raw.ended(other.turn_id);
      await (await trial.client()).request({ type: 'session.list' }, 'request.done');
    },
  },
  {
    rule: 'an unknown type with an id is answered with unsupported, one without is ignored',
    section: 'Rules, unknown and malformed',
    why: 'Newer clients ask for what this host does not know yet: they need a no, not a closed connection.',
    async check(trial) {
      const raw = await trial.client();
      raw.send({ type: 'weather.get', place: 'here' });
      demandError(await raw.request({ type: 'weather.get', place: 'here' }), 'unsupported');
      await raw.request({ type: 'session.list' }, 'request.done');
      const stray = raw.frames.find((frame) => frame.type === 'error' && frame.re === undefined);
      demand(!stray, 'nothing in answer to the unknown type without an id', stray, stray);
    },
  },
  {
    rule: 'unknown fields are ignored, at every depth',
    section: 'Rules, unknown and malformed',
    why: 'New fields come without a new version: a host that refuses them breaks when the client is updated.',
    needs: ['words'],
    async check(trial) {
      const raw = await trial.connect();
      const unknown = { colour: 'blue', deep: { er: [1, null] } };
      const client = { name: 'conformance', instance: crypto.randomUUID(), ...unknown };
      await raw.request({ type: 'hello', versions: ['surfaces.agent/1'], client, ...unknown }, 'welcome');
      const { start, turn_id } = await setStage(trial, 'words', raw);
      const input = text(trial.prompt('words')).map((block) => ({ ...block, ...unknown }));
      await raw.request({ ...start, ...unknown, input }, 'turn.started');
      await raw.ended(turn_id);
    },
  },
];

async function refusesEach(trial: Parameters<Rule['check']>[0], bad: readonly (string | Buffer)[]): Promise<void> {
  const raw = await trial.client();
  for (const frame of bad) {
    const before = raw.frames.length;
    raw.send(frame);
    const what = `error with code bad_request, in answer to ${Buffer.isBuffer(frame) ? 'a binary frame' : `“${frame}”`}`;
    demandError(await raw.until(({ type }) => type !== 'ping', what, before), 'bad_request');
  }
  await raw.request({ type: 'session.list' }, 'request.done');
}
