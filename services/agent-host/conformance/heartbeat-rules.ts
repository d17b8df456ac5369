import { CLOSE } from '../../../shared/agent-protocol/protocol.ts';
import { sleep } from '../../../shared/time/time.ts';
import { demand } from './breach.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule, Trial } from './rule.ts';
import { setStage } from './stage.ts';
import { contiguous } from './turn-rules.ts';

/** In shares of `heartbeat_ms`: hosts look at their connections now and then, not all the time. */
const LATEST = 1.5;
const LATE_MS = 2_000;

export const HEARTBEAT_RULES: readonly Rule[] = [
  {
    rule: 'a ping is answered with a pong of the same nonce',
    section: 'Connection, 5',
    why: 'The client takes a host that does not answer for dead and connects anew, again and again.',
    async check(trial) {
      const raw = await trial.client();
      for (const nonce of ['n-1', 'ω'.repeat(64)]) {
        raw.send({ type: 'ping', nonce });
        await raw.until((frame) => frame.type === 'pong' && frame.nonce === nonce, `pong with the nonce ${nonce}`);
      }
    },
  },
  {
    rule: 'a silent client is pinged, then closed with 4408 after heartbeat_ms, and its turn goes on',
    section: 'Connection, 5',
    why: 'A client whose network is gone says nothing; its place has to become free, and the answer must not be lost with it.',
    needs: ['long'],
    waits: true,
    async check(trial) {
      const { heartbeatMs } = trial.greeting;
      const { raw, start, turn_id, place } = await setStage(trial, 'long');
      raw.answersPings = false;
      await raw.request(start, 'turn.started');
      const heardAt = performance.now();
      const { code, at } = await raw.untilClosed(heartbeatMs * LATEST + LATE_MS);
      demand(code === CLOSE.heartbeat, `close code ${CLOSE.heartbeat}`, `${code}`);
      const ms = Math.round(at - heardAt);
      demand(ms > heartbeatMs * 0.9, `${heartbeatMs} ms of silence before the close`, `the close after ${ms} ms`);
      const isPinged = raw.frames.some(({ type }) => type === 'ping');
      demand(isPinged, `a ping after ${heartbeatMs / 2} ms of silence`, 'none before the close');
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      await other.request({ type: 'turn.cancel', ...place }, 'request.done');
      const events = await other.ended(turn_id);
      contiguous(events);
      const seen = raw.eventsOf(turn_id).length;
      demand(events.length >= seen, `the ${seen} events that were seen, and more`, `${events.length} events`);
    },
  },
  {
    rule: 'a client that answers pings, and says nothing else, stays connected',
    section: 'Connection, 5',
    why: 'Rooms are silent most of the time: a host that wants more than a pong drops every idle worker.',
    waits: true,
    async check(trial) {
      const raw = await trial.client();
      await stays(raw, trial, () => {});
    },
  },
  {
    rule: 'any frame counts as life, also one that the host does not know',
    section: 'Connection, 5',
    why: 'Otherwise a busy client has to send pings between its requests.',
    waits: true,
    async check(trial) {
      const raw = await trial.client();
      raw.answersPings = false;
      await stays(raw, trial, () => raw.send({ type: 'conformance.alive' }));
    },
  },
];

/** Past the time at which every host closes whom it has heard nothing from. */
async function stays(raw: RawClient, { greeting: { heartbeatMs } }: Trial, alive: () => void): Promise<void> {
  const since = performance.now();
  while (performance.now() - since < heartbeatMs * 1.35 && !raw.closed) {
    alive();
    await sleep(heartbeatMs / 8);
  }
  demand(!raw.closed, 'the connection to stay', `its close with ${raw.closed?.code} ${raw.closed?.reason}`);
  await raw.request({ type: 'session.list' }, 'request.done');
}
