import { RESULTS, sessionOpened } from '../../../shared/agent-protocol/host-messages.ts';
import { expect, expectFields, type Rule, text } from './rule.ts';

export const SESSION_RULES: readonly Rule[] = [
  {
    rule: 'a session that is opened is idle, and opened again it is the same',
    async check(trial) {
      const raw = await trial.client();
      const session_id = crypto.randomUUID();
      const open = { type: 'session.open', session_id, workspace: session_id };
      for (let time = 0; time < 2; time++) {
        const opened = sessionOpened.parse(await raw.request(open, 'session.opened'));
        expectFields(opened, { state: 'idle', session_id });
      }
    },
  },
  {
    rule: 'a workspace outside of the volume is refused with path_outside_workspace',
    async check(trial) {
      const raw = await trial.client();
      for (const workspace of ['..', '../other', '/etc', 'a/../../b']) {
        const answer = await raw.request({ type: 'session.open', session_id: crypto.randomUUID(), workspace }, 'error');
        expectFields(answer, { code: 'path_outside_workspace' });
      }
    },
  },
  {
    rule: 'a turn in a session that was never opened is refused with unknown_session',
    async check(trial) {
      const raw = await trial.client();
      const start = { type: 'turn.start', session_id: crypto.randomUUID(), turn_id: 't', input: text('hello') };
      expectFields(await raw.request(start, 'error'), { code: 'unknown_session' });
    },
  },
  {
    rule: 'while a turn runs, session.open says so, and reset is refused with session_busy and the turn’s id',
    async check(trial) {
      const raw = await trial.client();
      const session_id = await trial.session(raw);
      await raw.request(
        { type: 'turn.start', session_id, turn_id: 't', input: text(trial.prompts.long) },
        'turn.started',
      );
      const opened = await raw.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
      expectFields(opened, { state: 'running', turn_id: 't' });
      const reset = await raw.request({ type: 'session.reset', session_id }, 'error');
      expectFields(reset, { code: 'session_busy', turn_id: 't', retryable: true });
      await raw.request({ type: 'turn.cancel', session_id, turn_id: 't' }, 'request.done');
      await raw.ended('t');
      await raw.request({ type: 'session.reset', session_id }, 'request.done');
    },
  },
  {
    rule: 'session.close ends what runs, and the session can be opened again',
    async check(trial) {
      const raw = await trial.client();
      const session_id = await trial.session(raw);
      await raw.request(
        { type: 'turn.start', session_id, turn_id: 't', input: text(trial.prompts.long) },
        'turn.started',
      );
      await raw.request({ type: 'session.close', session_id }, 'request.done');
      expectFields((await raw.ended('t')).at(-1)!, { stop_reason: 'cancelled' });
      const opened = await raw.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
      expectFields(opened, { state: 'idle' });
    },
  },
  {
    rule: 'context.get answers by category, or not_reported; or unsupported where welcome does not promise it',
    async check(trial) {
      const raw = await trial.client();
      const session_id = await trial.session(raw);
      const answer = await raw.request({ type: 'context.get', session_id });
      if (answer.type === 'error') expectFields(answer, { code: 'unsupported' });
      else RESULTS['context.get'].parse(answer.result);
    },
  },
  {
    rule: 'a snapshot can be saved, listed by its owner alone, loaded, replaced under its name, and deleted',
    async check(trial) {
      const raw = await trial.client();
      const session_id = await trial.session(raw);
      const owner = crypto.randomUUID();
      const save = { type: 'snapshot.save', session_id, owner, name: 'before lunch' };
      const first = await raw.request(save);
      if (first.type === 'error') return expectFields(first, { code: 'unsupported' });
      const { snapshot_id } = RESULTS['snapshot.save'].parse(first.result);
      await raw.request(save, 'request.done');
      const list = async (of: string) =>
        RESULTS['snapshot.list'].parse((await raw.request({ type: 'snapshot.list', owner: of }, 'request.done')).result)
          .snapshots;
      const mine = await list(owner);
      expect(mine.length === 1 && mine[0]?.name === 'before lunch', `listed are ${JSON.stringify(mine)}`);
      expect((await list(crypto.randomUUID())).length === 0, 'another owner sees it');
      await raw.request({ type: 'snapshot.load', session_id, snapshot_id }, 'request.done');
      await raw.request({ type: 'snapshot.delete', snapshot_id }, 'request.done');
      const gone = await raw.request({ type: 'snapshot.load', session_id, snapshot_id }, 'error');
      expectFields(gone, { code: 'unknown_snapshot' });
    },
  },
];
