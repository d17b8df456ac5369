import { welcome } from '../../../shared/agent-protocol/host-messages.ts';
import { CLOSE } from '../../../shared/agent-protocol/protocol.ts';
import { RawClient } from './raw-client.ts';
import { expect, expectFields, type Rule } from './rule.ts';

const client = { name: 'conformance', instance: 'conformance' };

export const HANDSHAKE_RULES: readonly Rule[] = [
  {
    rule: 'a wrong token is answered with close code 4401',
    async check({ url, token }) {
      const { code } = await (await RawClient.connect(url, `${token}-wrong`)).untilClosed();
      expect(code === CLOSE.unauthorized, `closed with ${code}`);
    },
  },
  {
    rule: 'hello is answered with a welcome that the schema accepts',
    async check({ url, token }) {
      const raw = await RawClient.connect(url, token);
      const answer = await raw.request({ type: 'hello', versions: ['surfaces.agent/1'], client }, 'welcome');
      welcome.parse(answer);
      expectFields(answer, { version: 'surfaces.agent/1' });
      raw.cut();
    },
  },
  {
    rule: 'a client of unknown versions gets unsupported_version and close code 4406',
    async check({ url, token }) {
      const raw = await RawClient.connect(url, token);
      const answer = await raw.request({ type: 'hello', versions: ['surfaces.agent/999'], client }, 'error');
      expectFields(answer, { code: 'unsupported_version', retryable: false });
      const closed = await raw.untilClosed();
      expect(closed.code === CLOSE.version, `closed with ${closed.code}`);
    },
  },
  {
    rule: 'a request before hello is refused with bad_request',
    async check({ url, token }) {
      const raw = await RawClient.connect(url, token);
      expectFields(await raw.request({ type: 'session.list' }, 'error'), { code: 'bad_request' });
      raw.cut();
    },
  },
  {
    rule: 'a newer connection of the same instance replaces the older one with close code 4409',
    async check({ url, token }) {
      const instance = crypto.randomUUID();
      const older = await RawClient.greeted(url, token, instance);
      const newer = await RawClient.greeted(url, token, instance);
      const closed = await older.untilClosed();
      expect(closed.code === CLOSE.replaced, `the older one was closed with ${closed.code}`);
      newer.cut();
    },
  },
  {
    rule: 'a ping is answered with a pong of the same nonce',
    async check(trial) {
      const raw = await trial.client();
      raw.send({ type: 'ping', nonce: 'n-1' });
      await raw.until((frame) => frame.type === 'pong' && frame.nonce === 'n-1', 'pong');
    },
  },
  {
    rule: 'malformed frames are refused with bad_request and do no harm',
    async check(trial) {
      const raw = await trial.client();
      for (const bad of ['', '{', '[]', 'null', '{"id":"x"}', Buffer.from([0, 1, 2])]) raw.send(bad);
      raw.send({ type: 'turn.start', id: 'bad-1', session_id: 5 });
      expectFields(await raw.until((frame) => frame.re === 'bad-1', 'an answer'), { code: 'bad_request' });
      await raw.request({ type: 'session.list' }, 'request.done');
    },
  },
  {
    rule: 'unknown messages and unknown fields change nothing',
    async check(trial) {
      const raw = await trial.client();
      raw.send({ type: 'weather.get', place: 'here' });
      const answer = await raw.request({ type: 'session.list', colour: 'blue', deep: { er: 1 } }, 'request.done');
      expect(Array.isArray((answer.result as { sessions?: unknown }).sessions), 'no list of sessions');
    },
  },
];
