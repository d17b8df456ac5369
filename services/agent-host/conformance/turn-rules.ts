import { turnEvent } from '../../../shared/agent-protocol/turn-events.ts';
import type { Frame, RawClient } from './raw-client.ts';
import { expect, expectFields, type Rule, type Trial, text } from './rule.ts';

export const TURN_RULES: readonly Rule[] = [
  {
    rule: 'a turn’s events fit the schema, count from 1 without a gap, and end with turn.ended',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.short);
      const answer = await raw.request(start, 'turn.started');
      expectFields(answer, { resumed: false });
      contiguous(await raw.ended('t'));
    },
  },
  {
    rule: 'turn.start repeated with the same input is an attach, and replays what comes after after_seq',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.short);
      await raw.request(start, 'turn.started');
      const events = await raw.ended('t');
      const again = await trial.client();
      expectFields(await again.request({ ...start, after_seq: 1 }, 'turn.started'), { resumed: true });
      const replayed = await again.ended('t');
      expect(same(replayed, events.slice(1)), 'the replay differs from what was sent');
    },
  },
  {
    rule: 'turn.start repeated with another input is refused with turn_conflict',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.short);
      await raw.request(start, 'turn.started');
      const other = await raw.request({ ...start, input: text('something else') }, 'error');
      expectFields(other, { code: 'turn_conflict', retryable: false });
      await raw.ended('t');
    },
  },
  {
    rule: 'a second turn in a session is refused with session_busy while the first runs, and taken afterwards',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.long);
      await raw.request(start, 'turn.started');
      const second = { ...start, turn_id: 'second', input: text(trial.prompts.short) };
      expectFields(await raw.request(second, 'error'), { code: 'session_busy', turn_id: 't', retryable: true });
      await raw.request({ type: 'turn.cancel', session_id: start.session_id, turn_id: 't' }, 'request.done');
      await raw.ended('t');
      await raw.request(second, 'turn.started');
      contiguous(await raw.ended('second'));
    },
  },
  {
    rule: 'a turn goes on without its client, and another one gets everything from seq 1 and what is still to come',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.long);
      await raw.request(start, 'turn.started');
      await raw.until((frame) => frame.turn_id === 't' && frame.type === 'message.delta', 'the first words');
      raw.cut();
      const other = await trial.client();
      const attach = { type: 'turn.attach', session_id: start.session_id, turn_id: 't', after_seq: 0 };
      await other.request(attach, 'turn.started');
      await other.until(
        (frame) => frame.turn_id === 't' && (frame.seq as number) > raw.eventsOf('t').length + 2,
        'more',
      );
      await other.request({ type: 'turn.cancel', session_id: start.session_id, turn_id: 't' }, 'request.done');
      contiguous(await other.ended('t'));
    },
  },
  {
    rule: 'events go to every client that is attached, until it detaches',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.long);
      const other = await trial.client();
      await raw.request(start, 'turn.started');
      const place = { session_id: start.session_id, turn_id: 't' };
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      await other.until((frame) => frame.turn_id === 't' && frame.type === 'message.delta', 'the first words');
      await other.request({ type: 'turn.detach', ...place }, 'request.done');
      const seen = other.eventsOf('t').length;
      await raw.request({ type: 'turn.cancel', ...place }, 'request.done');
      contiguous(await raw.ended('t'));
      await other.request({ type: 'session.list' }, 'request.done');
      expect(other.eventsOf('t').length === seen, 'events came after the detach');
    },
  },
  {
    rule: 'turn.cancel ends the turn with stop_reason cancelled within 2 s, and may be repeated',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.long);
      await raw.request(start, 'turn.started');
      const cancel = { type: 'turn.cancel', session_id: start.session_id, turn_id: 't' };
      const since = performance.now();
      await raw.request(cancel, 'request.done');
      expectFields((await raw.ended('t')).at(-1)!, { stop_reason: 'cancelled' });
      expect(performance.now() - since < 2_000, 'it took longer than 2 s');
      await raw.request(cancel, 'request.done');
    },
  },
  {
    rule: 'a turn that was never started is unknown_turn',
    async check(trial) {
      const { raw, start } = await begun(trial, trial.prompts.short);
      const { session_id } = start;
      const attach = await raw.request({ type: 'turn.attach', session_id, turn_id: 'none', after_seq: 0 }, 'error');
      expectFields(attach, { code: 'unknown_turn' });
      expectFields(await raw.request({ type: 'turn.cancel', session_id, turn_id: 'none' }, 'error'), {
        code: 'unknown_turn',
      });
    },
  },
  {
    rule: 'turns of different sessions run at the same time',
    async check(trial) {
      const raw = await trial.client();
      const sessions = await Promise.all(Array.from({ length: 5 }, () => trial.session(raw)));
      for (const session_id of sessions)
        await raw.request(
          { type: 'turn.start', session_id, turn_id: session_id, input: text(trial.prompts.long) },
          'turn.started',
        );
      for (const session_id of sessions)
        await raw.until((frame) => frame.turn_id === session_id && frame.type === 'message.delta', 'words');
      const ended = raw.frames.filter(({ type }) => type === 'turn.ended').length;
      expect(ended === 0, `${ended} had ended before the last one began`);
      for (const session_id of sessions)
        await raw.request({ type: 'turn.cancel', session_id, turn_id: session_id }, 'request.done');
      for (const session_id of sessions) await raw.ended(session_id);
    },
  },
];

/** A client, a session, and the request that starts turn `t` in it. */
export async function begun(trial: Trial, prompt: string) {
  const raw = await trial.client();
  const session_id = await trial.session(raw);
  return { raw, start: { type: 'turn.start', session_id, turn_id: 't', input: text(prompt) } as const };
}

export function contiguous(events: readonly Frame[]): void {
  events.forEach((event, index) => {
    turnEvent.parse(event);
    expect(event.seq === index + 1, `seq ${event.seq} stands where ${index + 1} should`);
  });
  expect(events.at(-1)?.type === 'turn.ended', 'the last event is not turn.ended');
}

export function answerOf(raw: RawClient, turnId: string): string {
  const deltas = raw.eventsOf(turnId).filter(({ type, channel }) => type === 'message.delta' && channel === 'answer');
  return deltas.map(({ text: part }) => part).join('');
}

function same(one: readonly Frame[], other: readonly Frame[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
