import { demand, demandFields } from './breach.ts';
import type { Frame } from './frame.ts';
import type { Rule } from './rule.ts';
import { cancel, demandSame, play, setStage, speaking, turnIn, whileItRuns } from './stage.ts';
import { contiguous } from './turn-rules.ts';

const CANCEL_MS = 2_000;
/** Of the suite itself on a busy machine. */
const SLACK_MS = 500;

export const CANCEL_RULES: readonly Rule[] = [
  {
    rule: 'turn.cancel ends the turn with stop_reason cancelled within 2 s, and the session takes the next turn',
    section: 'What a client sends, turn.cancel',
    why: 'A person who presses stop wants to be rid of the answer, and to write the next message.',
    needs: ['long', 'words'],
    async check(trial) {
      const stage = await speaking(trial);
      await whileItRuns(stage, 'long', () => cancelsInTime(() => cancel(stage)));
      const { raw, session_id } = stage;
      contiguous(await play({ raw, ...turnIn(session_id, trial.prompt('words')) }));
    },
  },
  {
    rule: 'a turn that is cancelled twice, or by two clients, ends once as cancelled',
    section: 'What a client sends, turn.cancel',
    why: 'People press stop again when nothing seems to happen.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const { raw, place, turn_id } = stage;
      const other = await trial.client();
      const cancelled = [raw, raw, other].map((client) =>
        client.request({ type: 'turn.cancel', ...place }, 'request.done'),
      );
      await Promise.all(cancelled);
      const events = await raw.ended(turn_id);
      contiguous(events);
      await whileItRuns(stage, 'long', async () => demandFields(events.at(-1)!, { stop_reason: 'cancelled' }));
      await raw.request({ type: 'session.list' }, 'request.done');
      demandSame(raw.eventsOf(turn_id), events, 'nothing behind turn.ended');
    },
  },
  {
    rule: 'turn.cancel of a turn that is over changes nothing',
    section: 'What a client sends, turn.cancel',
    why: 'The stop of a person and the end of the answer cross each other.',
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const events = await play(stage);
      for (let time = 0; time < 2; time++)
        await stage.raw.request({ type: 'turn.cancel', ...stage.place }, 'request.done');
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...stage.place, after_seq: 0 }, 'turn.started');
      demandSame(await other.ended(stage.turn_id), events, 'the turn as it ended');
    },
  },
  {
    rule: 'an agent that hangs can be cancelled within 2 s',
    section: 'What a client sends, turn.cancel',
    why: 'It is the case that stop is there for: the host has to end the turn without its agent’s help.',
    needs: ['hang'],
    async check(trial) {
      const stage = await speaking(trial, 'hang');
      await whileItRuns(stage, 'hang', () => cancelsInTime(() => cancel(stage)));
    },
  },
  {
    rule: 'a turn can be cancelled while a tool runs',
    section: 'What a client sends, turn.cancel',
    why: 'Tools are what takes longest.',
    needs: ['tool'],
    async check(trial) {
      const stage = await setStage(trial, 'tool');
      const { raw, start, turn_id } = stage;
      await raw.request(start, 'turn.started');
      const isRunning = ({ type, status }: Frame) => type === 'tool_call.update' && status === 'in_progress';
      await raw.untilEvent(turn_id, isRunning, 'a tool_call.update with status in_progress');
      await whileItRuns(stage, 'tool', () => cancelsInTime(() => cancel(stage)));
      contiguous(raw.eventsOf(turn_id));
    },
  },
];

async function cancelsInTime(work: () => Promise<Frame[]>): Promise<void> {
  const since = performance.now();
  const end = (await work()).at(-1)!;
  const ms = Math.round(performance.now() - since);
  demandFields(end, { type: 'turn.ended', stop_reason: 'cancelled' });
  demand(ms < CANCEL_MS + SLACK_MS, 'turn.ended within 2 s of turn.cancel', `it after ${ms} ms`, end);
}
