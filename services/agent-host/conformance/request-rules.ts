import { demand, demandFields } from './breach.ts';
import type { Rule } from './rule.ts';
import { newId, setStage, turnIn } from './stage.ts';
import { contiguous } from './turn-rules.ts';

export const REQUEST_RULES: readonly Rule[] = [
  {
    rule: 'a request that is repeated under the same id is done once and answered twice',
    section: 'Rules, requests',
    why: 'A client that is unsure repeats itself; a second turn in place of an attach would answer the person twice.',
    needs: ['words'],
    async check(trial) {
      const { raw, start, turn_id } = await setStage(trial, 'words');
      const from = raw.frames.length;
      for (let time = 0; time < 2; time++) raw.send({ id: 'twice', ...start });
      await raw.ended(turn_id);
      await raw.request({ type: 'session.list' }, 'request.done');
      await raw.until(
        (frame) => frame.re === 'twice' && frame.resumed === true,
        'a second turn.started, resumed',
        from,
      );
      const answers = raw.frames.slice(from).filter(({ re }) => re === 'twice');
      demand(answers.length === 2, 'two answers', answers);
      demandFields(answers[0]!, { type: 'turn.started', turn_id, resumed: false });
    },
  },
  {
    rule: 'a request whose connection was lost before the answer can be repeated on the next one',
    section: 'Rules, requests',
    why: 'It is what every client does after a network that failed, and the message must be answered once.',
    needs: ['words'],
    async check(trial) {
      const { raw, start, turn_id } = await setStage(trial, 'words');
      raw.send({ id: 'lost', ...start });
      raw.cut();
      const other = await trial.client();
      await other.request(start, 'turn.started');
      contiguous(await other.ended(turn_id));
    },
  },
  {
    rule: 'requests of one session that are sent at once are done in their order',
    section: 'Connection, last paragraph',
    why: 'Clients send session.open and turn.start together to save a round trip; done the other way round the turn is refused.',
    needs: ['words', 'long'],
    async check(trial) {
      const raw = await trial.client();
      const session_id = `conformance-${crypto.randomUUID()}`;
      const { start, place, turn_id } = turnIn(session_id, trial.prompt('long'));
      const next = turnIn(session_id, trial.prompt('words'));
      const from = raw.frames.length;
      const ids = ['1-open', '2-start', '3-cancel', '4-close', '5-start'];
      raw.send({ id: ids[0], type: 'session.open', session_id, workspace: session_id });
      raw.send({ id: ids[1], ...start });
      raw.send({ id: ids[2], type: 'turn.cancel', ...place });
      // It waits for the end, so that the next turn finds the session idle.
      raw.send({ id: ids[3], type: 'session.close', session_id });
      raw.send({ id: ids[4], ...next.start });
      await raw.until(({ re }) => re === ids.at(-1), 'answers to five requests that were sent at once', from);
      const answers = raw.frames.slice(from).filter(({ re }) => re !== undefined);
      const order = answers.map(({ re }) => re);
      demand(order.join() === ids.join(), `answers in the order ${ids.join(', ')}`, order);
      for (const answer of answers) demand(answer.type !== 'error', 'no error', answer, answer);
      await raw.ended(turn_id);
      await raw.ended(next.turn_id);
    },
  },
  {
    rule: 'ids of up to 64 characters come back as they were sent',
    section: 'Rules, requests',
    why: 'The id is the client’s choice; a host that shortens or changes it answers nobody.',
    async check(trial) {
      const raw = await trial.client();
      for (const id of ['x'.repeat(64), ' a "b" \\ / ', 'запрос 🚀', '🚀'.repeat(64), newId('turn'), '0'])
        await raw.request({ id, type: 'session.list' }, 'request.done');
    },
  },
];
