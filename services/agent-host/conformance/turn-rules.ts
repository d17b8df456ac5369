import { turnEvent } from '../../../shared/agent-protocol/turn-events.ts';
import { demand, demandError, demandFields } from './breach.ts';
import type { Frame } from './frame.ts';
import type { Rule } from './rule.ts';
import { cancel, newId, play, setStage, speaking, text, turnIn, whileItRuns } from './stage.ts';

export const TURN_RULES: readonly Rule[] = [
  {
    rule: 'a turn’s events fit the schema, count from 1 without a gap, and end with turn.ended',
    section: 'Rules, events',
    why: 'The client finds lost and repeated events by their seq; after a gap it asks for everything again.',
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const events = await play(stage);
      contiguous(events);
      for (const event of events) demandFields(event, stage.place);
      demand(events.at(-1)?.stop_reason === 'end_turn', 'stop_reason end_turn', events.at(-1), events.at(-1));
    },
  },
  {
    rule: 'a turn ends once, and nothing of it comes behind turn.ended',
    section: 'Rules, events',
    why: 'At turn.ended the client finishes the message and forgets the turn.',
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const { raw, turn_id, session_id } = stage;
      await play(stage);
      await play({ raw, ...turnIn(session_id, trial.prompt('words')) });
      const events = raw.eventsOf(turn_id);
      const more = events[events.findIndex(({ type }) => type === 'turn.ended') + 1];
      demand(!more, 'nothing of the turn behind turn.ended', more, more);
    },
  },
  {
    rule: 'turn.started comes before the first event, with resumed false and the last_seq of that moment',
    section: 'What a host sends, turn.started',
    why: 'From the answer on the client knows that the turn is the host’s, and attaches where it would have started it.',
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const { raw, turn_id, place } = stage;
      const from = raw.frames.length;
      const events = await play(stage);
      const [first] = raw.frames.slice(from).filter((frame) => frame.turn_id === turn_id);
      demand(first?.type === 'turn.started', 'turn.started before any event', first, first);
      demandFields(first, { ...place, resumed: false });
      const again = await raw.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      demandFields(again, { ...place, resumed: true, last_seq: events.length });
    },
  },
  {
    rule: 'turn.start repeated with another input is refused with turn_conflict, while the turn runs and later',
    section: 'Rules, turn.start',
    why: 'The turn id is the idempotency key; the same id for other words is a defect of the client that must not stay hidden.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const other = { ...stage.start, input: text('something else') };
      demandError(await stage.raw.request(other), 'turn_conflict', { retryable: false });
      await cancel(stage);
      demandError(await stage.raw.request(other), 'turn_conflict', { retryable: false });
    },
  },
  {
    rule: 'the same input is the same turn whatever the order of its fields',
    section: 'Rules, turn.start',
    why: 'A client that was updated between two tries may write the same JSON differently.',
    needs: ['words'],
    async check(trial) {
      const { raw, start, turn_id } = await setStage(trial, 'words');
      await play({ raw, start, turn_id });
      const input = [{ text: trial.prompt('words'), type: 'text' }];
      demandFields(await raw.request({ ...start, input }, 'turn.started'), { resumed: true });
    },
  },
  {
    rule: 'a second turn in a session is refused with session_busy and the turn_id of the first, and taken afterwards',
    section: 'Rules, one running turn',
    why: 'Two answers at once would be written into one conversation; the client waits, or follows the turn that runs.',
    needs: ['long', 'words'],
    async check(trial) {
      const stage = await speaking(trial);
      const { raw, turn_id, session_id } = stage;
      const second = turnIn(session_id, trial.prompt('words'));
      await whileItRuns(stage, 'long', async () =>
        demandError(await raw.request(second.start), 'session_busy', { turn_id, retryable: true }),
      );
      await cancel(stage);
      contiguous(await play({ raw, ...second }));
    },
  },
  {
    rule: 'a turn that was never started is unknown_turn to attach, detach and cancel',
    section: 'Error codes',
    why: 'A client that knows that it had started the turn learns by it that the host lost its data.',
    needs: ['words'],
    async check(trial) {
      const { raw, session_id } = await setStage(trial, 'words');
      const place = { session_id, turn_id: newId('turn') };
      for (const request of [
        { type: 'turn.attach', ...place, after_seq: 0 },
        { type: 'turn.detach', ...place },
        { type: 'turn.cancel', ...place },
      ])
        demandError(await raw.request(request), 'unknown_turn', { retryable: false });
    },
  },
];

/** @throws Breach where the events are not a whole turn's, from seq 1 to `turn.ended`. */
export function contiguous(events: readonly Frame[]): void {
  events.forEach((event, index) => {
    const parsed = turnEvent.safeParse(event);
    const issue = parsed.error?.issues[0];
    demand(parsed.success, `an event as in the schema (${issue?.path.join('.')}: ${issue?.message})`, event, event);
    demand(event.seq === index + 1, `seq ${index + 1}`, event, event);
    const isFailure = event.stop_reason === 'error';
    demand(isFailure === 'error' in event, 'error if and only if stop_reason is error', event, event);
  });
  const last = events.at(-1);
  demand(last?.type === 'turn.ended', 'turn.ended as the last event', last ?? 'no event', last);
}
