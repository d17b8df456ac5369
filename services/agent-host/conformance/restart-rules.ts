import { demand, demandError, demandFields } from './breach.ts';
import type { Frame } from './frame.ts';
import { unlessPromised } from './greeting.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule } from './rule.ts';
import { ask, demandSame, newId, openSession, play, setStage, speaking, turnIn, whileItRuns } from './stage.ts';
import { contiguous } from './turn-rules.ts';

/** “On disk at latest 50 ms after it was sent”, and some time for the way here. */
const STORED_MS = 250;

/** The host is killed once for all of these, when each has set its stage. */
export const RESTART_RULES: readonly Rule[] = [
  {
    rule: 'a turn that ran when its host died is ended by the next one with agent_crashed, host_restarted, and retryable if no tool had started',
    section: 'Rules, a turn that was running',
    why: 'The person is told that the answer broke off, and the message is tried again where that can do no harm.',
    needs: ['long'],
    restarts: true,
    async check(trial) {
      const stage = await speaking(trial);
      const { raw, start, turn_id, place } = stage;
      const killedAt = await trial.restart();
      const other = await trial.client();
      const answer = await other.request(start, 'turn.started');
      demandFields(answer, { ...place, resumed: true });
      const events = await other.ended(turn_id);
      contiguous(events);
      await whileItRuns(stage, 'long', async () => demandCrashed(events.at(-1)!, true));
      const seen = eventsBefore(raw, turn_id, killedAt - STORED_MS);
      demandSame(events.slice(0, seen.length), seen, 'what was seen before the kill');
    },
  },
  {
    rule: 'a turn whose tool had started when its host died is ended as not retryable',
    section: 'Rules, a turn that was running',
    why: 'The tool may have done what it does: a second time could do it twice.',
    needs: ['tool'],
    restarts: true,
    async check(trial) {
      const stage = await setStage(trial, 'tool');
      const { raw, start, turn_id, place } = stage;
      await raw.request(start, 'turn.started');
      const isStarted = ({ type, status }: Frame) => type === 'tool_call.update' && status !== 'pending';
      await raw.untilEvent(turn_id, isStarted, 'a tool_call.update that is more than pending');
      await settled();
      await trial.restart();
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      const end = (await other.ended(turn_id)).at(-1)!;
      await whileItRuns(stage, 'tool', async () => demandCrashed(end, false));
    },
  },
  {
    rule: 'a turn that waited for a permission when its host died is ended too, and the permission is closed',
    section: 'Rules, a permission request',
    why: 'The question still stands in the room: who answers it has to learn that it is too late.',
    exempts: unlessPromised('permissions'),
    needs: ['ask'],
    restarts: true,
    async check(trial) {
      const { raw, start, turn_id, place } = await setStage(trial, 'ask');
      await raw.request(start, 'turn.started');
      const isQuestion = ({ type }: Frame) => type === 'permission.request';
      const { permission_id } = await raw.untilEvent(turn_id, isQuestion, 'permission.request');
      await settled();
      await trial.restart();
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      demandFields((await other.ended(turn_id)).at(-1)!, { stop_reason: 'error' });
      const respond = { type: 'permission.respond', ...place, permission_id, outcome: 'cancelled' };
      demandError(await other.request(respond), 'permission_closed');
    },
  },
  {
    rule: 'a client that saw more than a killed host had stored is told the end all the same',
    section: 'Rules, a turn that was running',
    why: 'It asks for what comes after the last seq that it saw, and would wait for ever.',
    needs: ['long'],
    restarts: true,
    async check(trial) {
      const stage = await speaking(trial);
      const { turn_id, place } = stage;
      await trial.restart();
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...place, after_seq: 1_000_000 }, 'turn.started');
      const events = await other.ended(turn_id);
      demand(events.length === 1, 'turn.ended alone', events);
      await whileItRuns(stage, 'long', async () => demandCrashed(events[0]!, true));
    },
  },
  {
    rule: 'the events of a turn that ended before the host died can be replayed, and its turn.start repeated is no new turn',
    section: 'Rules, retention',
    why: 'Host and worker may die together, and the worker asks for what it had not written yet.',
    needs: ['words'],
    restarts: true,
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const events = await play(stage);
      await settled();
      await trial.restart();
      const other = await trial.client();
      demandFields(await other.request(stage.start, 'turn.started'), { resumed: true, last_seq: events.length });
      demandSame(await other.ended(stage.turn_id), events, 'the same events as before');
    },
  },
  {
    rule: 'sessions are remembered when the host is back: they are listed, idle, and take a turn without being opened',
    section: 'Words',
    why: 'Rooms live for years, processes for days.',
    needs: ['words'],
    restarts: true,
    async check(trial) {
      const { session_id } = await setStage(trial, 'words');
      await settled();
      await trial.restart();
      const raw = await trial.client();
      const answer = await raw.request({ type: 'session.list' }, 'request.done');
      const { sessions = [] } = answer.result as { sessions?: { session_id: string; state: string }[] };
      const found = sessions.filter((session) => session.session_id === session_id);
      demand(found.length === 1 && found[0]?.state === 'idle', `${session_id} once, as idle`, found);
      await play({ raw, ...turnIn(session_id, trial.prompt('words')) });
    },
  },
  {
    rule: 'conversations and snapshots are remembered when the host is back',
    section: 'Words',
    why: 'An agent that forgets at every deployment is of no use.',
    exempts: unlessPromised('snapshots'),
    needs: ['remember', 'recall'],
    restarts: true,
    async check(trial) {
      const before = await trial.client();
      const [session_id, owner] = [await openSession(before), newId('owner')];
      const word = `marble${Math.random().toString(36).slice(2, 8)}`;
      await ask(before, session_id, trial.prompt('remember').replace('{word}', word));
      const saved = await before.request({ type: 'snapshot.save', session_id, owner, name: 'n' }, 'request.done');
      await settled();
      await trial.restart();
      const raw = await trial.client();
      const { snapshot_id } = saved.result as { snapshot_id: string };
      const into = await openSession(raw);
      await raw.request({ type: 'snapshot.load', session_id: into, snapshot_id }, 'request.done');
      for (const id of [session_id, into]) {
        const answer = await ask(raw, id, trial.prompt('recall'));
        demand(answer.includes(word), `an answer with “${word}”`, answer, raw.frames.at(-1));
      }
    },
  },
];

/** What was sent is stored now. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, STORED_MS));
}

function eventsBefore(raw: RawClient, turnId: string, at: number): Frame[] {
  const before = raw.passed.flatMap((passed) => (passed.from === 'host' && passed.at < at ? [passed.frame] : []));
  return before.filter((frame) => frame.turn_id === turnId && 'seq' in frame);
}

function demandCrashed(end: Frame, retryable: boolean): void {
  const { code, host_restarted, retryable: came } = (end.error ?? {}) as Record<string, unknown>;
  const holds =
    end.stop_reason === 'error' && code === 'agent_crashed' && host_restarted === true && came === retryable;
  demand(holds, `agent_crashed, host_restarted true, retryable ${retryable}`, end, end);
}
