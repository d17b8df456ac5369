import { welcome } from '../../../shared/agent-protocol/host-messages.ts';
import { CLOSE } from '../../../shared/agent-protocol/protocol.ts';
import { demand, demandError, demandFields } from './breach.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule } from './rule.ts';

const client = { name: 'conformance', instance: 'conformance' };
const HELLO_MS = 5_000;
/** A busy host may be this late. */
const LATE_MS = 3_000;

export const HANDSHAKE_RULES: readonly Rule[] = [
  {
    rule: 'a wrong token is answered with an error, unauthorized, and close code 4401',
    section: 'Connection, 1',
    why: 'A close code reaches every client and tells “this will never work” from “try again”, which an HTTP status or a silent close does not.',
    async check(trial) {
      for (const token of [`${trial.token}-wrong`, trial.token.slice(1), '']) {
        const raw = await trial.connect(token);
        await closedWith(raw, CLOSE.unauthorized, `the token ${JSON.stringify(token)} is not the host’s`);
        const error = raw.frames.find(({ type }) => type === 'error');
        demand(error !== undefined, 'an error before the close', 'only the close');
        demandError(error, 'unauthorized', { re: 'hello', retryable: false });
      }
    },
  },
  {
    rule: 'hello is answered with a welcome that the schema accepts and the version surfaces.agent/1',
    section: 'Connection, 3',
    why: 'The client plans by it: capabilities, limits, heartbeat and retention.',
    async check(trial) {
      const raw = await trial.connect();
      const answer = await raw.request({ type: 'hello', versions: ['surfaces.agent/1'], client }, 'welcome');
      const parsed = welcome.safeParse(answer);
      demand(parsed.success, 'a welcome as in the schema', `${parsed.error?.issues[0]?.path.join('.')}`, answer);
      demandFields(answer, { version: 'surfaces.agent/1' });
    },
  },
  {
    rule: 'of several versions in hello the host chooses one that it speaks',
    section: 'Connection, 2',
    why: 'A newer client offers its own version beside this one; a host that looks at the first alone locks it out.',
    async check(trial) {
      const raw = await trial.connect();
      const versions = ['surfaces.agent/999', 'surfaces.agent/1'];
      demandFields(await raw.request({ type: 'hello', versions, client }, 'welcome'), { version: 'surfaces.agent/1' });
    },
  },
  {
    rule: 'a client of unknown versions gets unsupported_version and close code 4406',
    section: 'Connection, 3',
    why: 'Otherwise the two of them talk past each other in shapes that neither understands.',
    async check(trial) {
      const raw = await trial.connect();
      const answer = await raw.request({ type: 'hello', versions: ['surfaces.agent/999'], client });
      demandError(answer, 'unsupported_version', { retryable: false });
      await closedWith(raw, CLOSE.version, 'no common version');
    },
  },
  {
    rule: 'a request before hello is refused with bad_request',
    section: 'Connection, 2',
    why: 'A host that answers strangers has agreed on no version with them and does not know whom to replace.',
    async check(trial) {
      const raw = await trial.connect();
      demandError(await raw.request({ type: 'session.list' }), 'bad_request');
    },
  },
  {
    rule: 'a connection without hello is closed with 4408 after five seconds',
    section: 'Connection, 2',
    why: 'Port scanners and half-open connections would stay for ever.',
    waits: true,
    async check(trial) {
      const raw = await trial.connect();
      const since = performance.now();
      const { code, at } = await raw.untilClosed(HELLO_MS + LATE_MS);
      demand(code === CLOSE.heartbeat, `close code ${CLOSE.heartbeat}`, `${code}`);
      const ms = Math.round(at - since);
      demand(ms > HELLO_MS - 500, 'the close after 5 s', `the close after ${ms} ms`);
    },
  },
  {
    rule: 'a newer connection of the same instance replaces the older one, which is closed with 4409',
    section: 'Connection, 4',
    why: 'A client that lost its connection may be back before the host has noticed; the old one would go on taking events and acknowledgements.',
    async check(trial) {
      const instance = crypto.randomUUID();
      const [other, older] = [await trial.client(), await trial.client(instance)];
      const newer = await trial.client(instance);
      await closedWith(older, CLOSE.replaced, 'a newer connection of the same instance');
      for (const raw of [newer, other]) await raw.request({ type: 'session.list' }, 'request.done');
    },
  },
];

async function closedWith(raw: RawClient, code: number, why: string): Promise<void> {
  const closed = await raw.untilClosed();
  demand(closed.code === code, `close code ${code}: ${why}`, `${closed.code} ${closed.reason}`);
}
