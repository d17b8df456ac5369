import { expect, expectFields, type Rule, text } from './rule.ts';
import { answerOf, begun, contiguous } from './turn-rules.ts';

/** What only an agent can be made to show that knows the demo agent's script. */
const RULES: readonly Omit<Rule, 'needsScript'>[] = [
  {
    rule: 'a permission survives its client, is replayed to the next one, and is answered there',
    async check(trial) {
      const { raw, start } = await begun(trial, 'demo ask water the plants');
      await raw.request(start, 'turn.started');
      const question = await raw.until(({ type }) => type === 'permission.request', 'the question');
      raw.cut();
      const other = await trial.client();
      const { session_id } = start;
      const opened = await other.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
      expectFields(opened, { state: 'requires_action', turn_id: 't' });
      await other.request({ type: 'turn.attach', session_id, turn_id: 't', after_seq: 0 }, 'turn.started');
      await other.until(({ type }) => type === 'permission.request', 'the question again');
      const options = question.options as { option_id: string; kind: string }[];
      const { option_id } = options.find(({ kind }) => kind === 'allow_once')!;
      const { permission_id } = question;
      const respond = {
        type: 'permission.respond',
        session_id,
        turn_id: 't',
        permission_id,
        outcome: 'selected',
        option_id,
      };
      await other.request(respond, 'request.done');
      contiguous(await other.ended('t'));
      expect(answerOf(other, 't') === 'Done: water the plants', `the answer is ${answerOf(other, 't')}`);
    },
  },
  {
    rule: 'a permission that was answered is closed, and an option that was not offered is bad_request',
    async check(trial) {
      const { raw, start } = await begun(trial, 'demo ask dig a hole');
      await raw.request(start, 'turn.started');
      const { permission_id } = await raw.until(({ type }) => type === 'permission.request', 'the question');
      const respond = { type: 'permission.respond', session_id: start.session_id, turn_id: 't', permission_id };
      const wrong = await raw.request({ ...respond, outcome: 'selected', option_id: 'no such' }, 'error');
      expectFields(wrong, { code: 'bad_request' });
      await raw.request({ ...respond, outcome: 'cancelled' }, 'request.done');
      await raw.ended('t');
      expect(answerOf(raw, 't') === 'Not done: dig a hole', `the answer is ${answerOf(raw, 't')}`);
      const late = await raw.request({ ...respond, outcome: 'selected', option_id: 'allow-once' }, 'error');
      expectFields(late, { code: 'permission_closed' });
    },
  },
  {
    rule: 'of two clients the acknowledgement of the one that attached last counts',
    async check(trial) {
      const { raw, start } = await begun(trial, 'demo file note.txt size=1k');
      await raw.request(start, 'turn.started');
      const { file_id } = await raw.until(({ type }) => type === 'file.offer', 'the offer');
      const other = await trial.client();
      const place = { session_id: start.session_id, turn_id: 't' };
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      const ack = { type: 'file.ack', ...place, file_id, accepted: true };
      const [older, newer] = [await raw.request(ack, 'request.done'), await other.request(ack, 'request.done')];
      expectFields(older.result as object as never, { counted: false });
      expectFields(newer.result as object as never, { counted: true });
    },
  },
  {
    rule: 'a repeated turn does not count twice, reset forgets the conversation, a snapshot brings it back',
    async check(trial) {
      const { raw, start } = await begun(trial, 'hello');
      const { session_id } = start;
      const say = async (turn_id: string) => {
        await raw.request({ ...start, turn_id }, 'turn.started');
        await raw.ended(turn_id);
        return answerOf(raw, turn_id);
      };
      await say('1');
      await (await trial.client()).request({ ...start, turn_id: '1' }, 'turn.started');
      expect((await say('2')).includes('This is message 2 of'), 'the second message is not counted as the second');
      const saved = await raw.request(
        { type: 'snapshot.save', session_id, owner: session_id, name: 'n' },
        'request.done',
      );
      await raw.request({ type: 'session.reset', session_id }, 'request.done');
      expect((await say('3')).includes('This is message 1 of'), 'reset did not forget');
      const { snapshot_id } = saved.result as { snapshot_id: string };
      await raw.request({ type: 'snapshot.load', session_id, snapshot_id }, 'request.done');
      expect((await say('4')).includes('This is message 3 of'), 'the snapshot did not bring it back');
    },
  },
  {
    rule: 'an agent that fails ends its turn with an error; one that crashes with agent_crashed; the session lives on',
    async check(trial) {
      const { raw, start } = await begun(trial, 'demo error');
      for (const [prompt, code] of [
        ['demo error', 'internal'],
        ['demo crash', 'agent_crashed'],
      ] as const) {
        await raw.request({ ...start, turn_id: prompt, input: text(prompt) }, 'turn.started');
        const end = (await raw.ended(prompt)).at(-1)!;
        expectFields(end, { stop_reason: 'error' });
        expectFields(end.error as never, { code, retryable: true });
      }
      await raw.request({ ...start, turn_id: 'after', input: text('hello') }, 'turn.started');
      expectFields((await raw.ended('after')).at(-1)!, { stop_reason: 'end_turn' });
    },
  },
  {
    rule: 'an agent that hangs can be cancelled',
    async check(trial) {
      const { raw, start } = await begun(trial, 'demo hang');
      await raw.request(start, 'turn.started');
      await raw.until(({ type }) => type === 'message.delta', 'a few words');
      await raw.request({ type: 'turn.cancel', session_id: start.session_id, turn_id: 't' }, 'request.done');
      expectFields((await raw.ended('t')).at(-1)!, { stop_reason: 'cancelled' });
    },
  },
];

export const SCRIPT_RULES: readonly Rule[] = RULES.map((rule) => ({ ...rule, needsScript: true }));
