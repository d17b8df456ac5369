import { RESULTS } from '../../../shared/agent-protocol/host-messages.ts';
import { demand, demandError, demandFields } from './breach.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule } from './rule.ts';
import { cancel, newId, openSession, play, speaking, text, turnIn, whileItRuns } from './stage.ts';

export const SESSION_RULES: readonly Rule[] = [
  {
    rule: 'a session that is opened is idle, and opened again it is the same',
    section: 'What a client sends, session.open',
    why: 'A client opens the session before each turn, because it cannot know what the host remembers.',
    async check(trial) {
      const raw = await trial.client();
      const session_id = `conformance-${crypto.randomUUID()}`;
      const open = { type: 'session.open', session_id, workspace: session_id };
      for (let time = 0; time < 2; time++)
        demandFields(await raw.request(open, 'session.opened'), { state: 'idle', session_id, turn_id: undefined });
    },
  },
  {
    rule: 'what is asked of a session that was never opened is refused with unknown_session',
    section: 'Error codes',
    why: 'By this code a client learns that the host lost its data, and says so to the person.',
    async check(trial) {
      const raw = await trial.client();
      const session_id = `conformance-${crypto.randomUUID()}`;
      const place = { session_id, turn_id: newId('turn') };
      for (const request of [
        { type: 'turn.start', ...place, input: text('hello') },
        { type: 'turn.attach', ...place, after_seq: 0 },
        { type: 'session.reset', session_id },
      ])
        demandError(await raw.request(request), 'unknown_session', { retryable: false });
    },
  },
  {
    rule: 'while a turn runs, session.open says running with its turn_id and last_seq',
    section: 'What a host sends, session.opened',
    why: 'A worker that comes back learns from it which turn to attach to.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const { session_id, turn_id } = stage;
      await whileItRuns(stage, 'long', async () => {
        const other = await trial.client();
        const opened = await other.request(
          { type: 'session.open', session_id, workspace: session_id },
          'session.opened',
        );
        demandFields(opened, { state: 'running', turn_id });
        demand(Number(opened.last_seq) > 0, 'last_seq of what was said so far', opened, opened);
      });
      await cancel(stage);
    },
  },
  {
    rule: 'a reset while a turn runs is refused with session_busy, its turn_id, and retryable; afterwards it is done',
    section: 'Rules, one running turn',
    why: 'The conversation must not change under an answer that is being written.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const { raw, session_id, turn_id } = stage;
      const reset = { type: 'session.reset', session_id };
      await whileItRuns(stage, 'long', async () =>
        demandError(await raw.request(reset), 'session_busy', { turn_id, retryable: true }),
      );
      await cancel(stage);
      await raw.request(reset, 'request.done');
    },
  },
  {
    rule: 'session.close cancels the turn that runs, and the session can be opened and used again',
    section: 'What a client sends, session.close',
    why: 'A room that was left must not keep an agent busy, and may be joined again.',
    needs: ['long', 'words'],
    async check(trial) {
      const stage = await speaking(trial);
      const { raw, session_id, turn_id } = stage;
      await whileItRuns(stage, 'long', async () => {
        await raw.request({ type: 'session.close', session_id }, 'request.done');
        const end = (await raw.ended(turn_id)).at(-1)!;
        demand(end.stop_reason === 'cancelled', 'turn.ended with stop_reason cancelled', end, end);
      });
      await openSession(raw, session_id);
      await play({ raw, ...turnIn(session_id, trial.prompt('words')) });
    },
  },
  {
    rule: 'session.list names the sessions that were opened, each once, with their states',
    section: 'What a client sends, session.list',
    why: 'After its own start a worker finds by it the turns that nobody follows any more.',
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const idle = await openSession(stage.raw);
      await whileItRuns(stage, 'long', async () => {
        const sessions = await listed(stage.raw);
        const of = (id: string) => sessions.filter(({ session_id }) => session_id === id);
        const expected = [{ session_id: stage.session_id, state: 'running', turn_id: stage.turn_id }];
        demand(
          JSON.stringify(of(stage.session_id).map(inOrder)) === JSON.stringify(expected),
          JSON.stringify(expected),
          of(stage.session_id),
        );
        const [only, more] = of(idle);
        demand(only?.state === 'idle' && !more, `${idle} once, as idle`, of(idle));
      });
      await cancel(stage);
    },
  },
];

async function listed(raw: RawClient) {
  const answer = await raw.request({ type: 'session.list' }, 'request.done');
  const parsed = RESULTS['session.list'].safeParse(answer.result);
  demand(parsed.success, 'a result with sessions', answer, answer);
  return parsed.data.sessions;
}

function inOrder({ session_id, state, turn_id }: { session_id: string; state: string; turn_id?: string | undefined }) {
  return { session_id, state, turn_id };
}
