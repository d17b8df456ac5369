import { demand, demandFields } from './breach.ts';
import type { Frame } from './frame.ts';
import type { Rule } from './rule.ts';
import { cancel, demandSame, firstWords, play, setStage, speaking, whileItRuns } from './stage.ts';
import { contiguous } from './turn-rules.ts';

export const ATTACH_RULES: readonly Rule[] = [
  {
    rule: 'turn.start repeated with the same input is an attach, and replays what comes after after_seq',
    section: 'Taking over',
    why: 'It is how a worker takes over a turn from one that died.',
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const events = await play(stage);
      const again = await trial.client();
      const answer = await again.request({ ...stage.start, after_seq: 1 }, 'turn.started');
      demandFields(answer, { resumed: true, last_seq: events.length });
      demandSame(await again.ended(stage.turn_id), events.slice(1), 'the same events from seq 2 on');
    },
  },
  {
    rule: 'every replay of a turn is the same, event for event',
    section: 'Rules, a turn belongs to no connection',
    why: 'Who takes over compares what it gets with what was shown already, and would otherwise show it twice.',
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const events = await play(stage);
      for (let time = 0; time < 2; time++) {
        const other = await trial.client();
        await other.request({ type: 'turn.attach', ...stage.place, after_seq: 0 }, 'turn.started');
        demandSame(await other.ended(stage.turn_id), events, 'the same events again');
      }
    },
  },
  {
    rule: 'a turn goes on without its client, and another one gets everything from seq 1 and what is still to come',
    section: 'Rules, a turn belongs to no connection',
    why: 'Workers are restarted while agents work for minutes.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const { raw, place, turn_id } = stage;
      raw.cut();
      const other = await trial.client();
      const { last_seq } = await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      // What came between the cut and the attach does not show that the turn goes on.
      const isNew = ({ seq, type }: Frame) => Number(seq) > Number(last_seq) + 1 && type !== 'turn.ended';
      await whileItRuns({ ...stage, raw: other }, 'long', () => other.untilEvent(turn_id, isNew, 'more words'));
      const events = await cancel({ ...stage, raw: other });
      contiguous(events);
      const seen = raw.eventsOf(turn_id);
      demandSame(events.slice(0, seen.length), seen, 'what the first client had seen');
    },
  },
  {
    rule: 'of two clients that are attached to a turn both get every event',
    section: 'Rules, a turn belongs to no connection',
    why: 'While one worker takes over, the other may still be there.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...stage.place, after_seq: 0 }, 'turn.started');
      await whileItRuns(stage, 'long', () => firstWords(other, stage.turn_id));
      const events = await cancel(stage);
      contiguous(events);
      demandSame(await other.ended(stage.turn_id), events, 'what the first client got');
    },
  },
  {
    rule: 'after turn.detach no more events come, and the turn goes on for the others',
    section: 'What a client sends, turn.detach',
    why: 'A worker that hands a turn over would otherwise go on writing the same message.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const { place, turn_id, raw } = stage;
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      await whileItRuns(stage, 'long', () => firstWords(other, turn_id));
      await other.request({ type: 'turn.detach', ...place }, 'request.done');
      const seen = other.frames.length;
      const last = Number(other.eventsOf(turn_id).at(-1)?.seq);
      const isLater = ({ seq, type }: { seq?: unknown; type: string }) =>
        Number(seq) > last + 1 && type !== 'turn.ended';
      await whileItRuns(stage, 'long', () => raw.untilEvent(turn_id, isLater, 'more words for who is attached'));
      const events = await cancel(stage);
      contiguous(events);
      await other.request({ type: 'turn.detach', ...place }, 'request.done');
      const [late] = other.eventsOf(turn_id, seen);
      demand(!late, 'no event behind the answer to turn.detach', late, late);
    },
  },
  {
    rule: 'a client that attaches twice is answered twice, and gets each event once from the second answer on',
    section: 'Rules, requests',
    why: 'After a gap a client attaches again at once; two streams on one connection would write every word twice.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const { place, turn_id } = stage;
      const other = await trial.client();
      for (const id of ['first', 'second']) other.send({ id, type: 'turn.attach', ...place, after_seq: 0 });
      for (const id of ['first', 'second'])
        await other.until(({ re }) => re === id, `an answer to the ${id} turn.attach`);
      await whileItRuns(stage, 'long', () => firstWords(other, turn_id));
      const events = await cancel(stage);
      await other.ended(turn_id);
      await other.request({ type: 'session.list' }, 'request.done');
      const from = other.frames.findIndex(({ re }) => re === 'second');
      demandSame(other.eventsOf(turn_id, from), events, 'what the first client got');
    },
  },
  {
    rule: 'an attach with the last seq of a turn that is over, or one beyond it, gets turn.ended and nothing else',
    section: 'Rules, a turn that was running',
    why: 'A killed host may have sent events that it had not stored: a client that is ahead would wait for the end for ever.',
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      const events = await play(stage);
      for (const after_seq of [events.length, events.length + 1, 1_000_000]) {
        const other = await trial.client();
        const answer = await other.request({ type: 'turn.attach', ...stage.place, after_seq }, 'turn.started');
        demandFields(answer, { last_seq: events.length });
        await other.ended(stage.turn_id);
        await other.request({ type: 'session.list' }, 'request.done');
        demandSame(other.eventsOf(stage.turn_id), events.slice(-1), 'turn.ended alone');
      }
    },
  },
  {
    rule: 'an attach beyond the last event of a turn that runs gets what is new, and the end',
    section: 'What a client sends, turn.attach',
    why: 'A client may have seen more than a host remembers; it must not be shut out of the rest.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const other = await trial.client();
      const attach = { type: 'turn.attach', ...stage.place, after_seq: 1_000_000 };
      const { last_seq } = await other.request(attach, 'turn.started');
      const events = await cancel(stage);
      const seen = await other.ended(stage.turn_id);
      demandSame(seen, events.slice(events.length - seen.length), 'the last events of the turn');
      const [first] = seen;
      demand(
        Number(first?.seq) > Number(last_seq),
        `nothing up to the last_seq of turn.started, ${last_seq}`,
        first,
        first,
      );
    },
  },
];
