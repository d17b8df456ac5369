import { demand, demandError, demandFields } from './breach.ts';
import type { Frame } from './frame.ts';
import { unlessPromised } from './greeting.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule, Trial } from './rule.ts';
import { cancel, openSession, type Stage, setStage } from './stage.ts';
import { contiguous } from './turn-rules.ts';

type Option = { readonly option_id: string; readonly kind: string };
type Asked = Stage & { readonly permission_id: string; readonly question: Frame; readonly allow: Option };

const exempts = unlessPromised('permissions');
const needs = ['ask'] as const;
/** An agent may ask for more than one thing in a turn. */
const MOST_QUESTIONS = 20;

export const PERMISSION_RULES: readonly Rule[] = [
  {
    rule: 'a permission is asked for with options of known kinds and a time in the future at which it expires',
    section: 'What a host sends, permission.request',
    why: 'The client chooses by kind and shows until when there is time.',
    exempts,
    needs,
    async check(trial) {
      const stage = await asked(trial);
      const { expires_at } = stage.question;
      const isLater = typeof expires_at === 'string' && Date.parse(expires_at) > Date.now();
      demand(isLater, 'expires_at, ISO 8601 and later than now', stage.question, stage.question);
      await cancel(stage);
    },
  },
  {
    rule: 'a permission survives its client, is replayed to the next one, and is answered there',
    section: 'Rules, a permission request',
    why: 'People answer hours later, when the worker that showed the question has long been replaced.',
    exempts,
    needs,
    async check(trial) {
      const { raw, session_id, turn_id, place, question, permission_id, allow } = await asked(trial);
      raw.cut();
      const other = await trial.client();
      const opened = await other.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
      demandFields(opened, { state: 'requires_action', turn_id });
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      const isQuestion = (frame: Frame) => frame.permission_id === permission_id;
      const again = await other.untilEvent(turn_id, isQuestion, 'the permission.request again');
      demand(JSON.stringify(again) === JSON.stringify(question), JSON.stringify(question), again, again);
      const { option_id } = allow;
      const answer = { permission_id, outcome: 'selected', option_id, by: 'Ann' };
      await other.request({ type: 'permission.respond', ...place, ...answer }, 'request.done');
      const resolved = await untilResolved(other, turn_id, permission_id);
      demandFields(resolved, { outcome: 'selected', option_id, by: 'Ann' });
      const events = await endedAfterAll(other, place);
      contiguous(events);
      demandFields(events.at(-1)!, { stop_reason: 'end_turn' });
    },
  },
  {
    rule: 'the question and its answer reach every client that is attached, whoever of them answers',
    section: 'Rules, a permission request',
    why: 'The others show the question too, and have to take it away.',
    exempts,
    needs,
    async check(trial) {
      const { raw, turn_id, place, permission_id } = await asked(trial);
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      await other.request(
        { type: 'permission.respond', ...place, permission_id, outcome: 'cancelled' },
        'request.done',
      );
      for (const client of [raw, other])
        demandFields(await untilResolved(client, turn_id, permission_id), { outcome: 'cancelled' });
      await endedAfterAll(raw, place);
    },
  },
  {
    rule: 'a permission that was answered is closed to another answer with permission_closed',
    section: 'Error codes',
    why: 'Two people press two buttons: the second has to learn that it was decided.',
    exempts,
    needs,
    async check(trial) {
      const { raw, place, permission_id, allow, turn_id } = await asked(trial);
      const respond = { type: 'permission.respond', ...place, permission_id };
      // At once, so that the turn has had no time to end.
      raw.send({ id: 'no', ...respond, outcome: 'cancelled' });
      raw.send({ id: 'yes', ...respond, outcome: 'selected', option_id: allow.option_id });
      const answerTo = (id: string) => raw.until(({ re }) => re === id, `an answer to ${id}`);
      demandFields(await answerTo('no'), { type: 'request.done' });
      demandError(await answerTo('yes'), 'permission_closed', { retryable: false });
      demandFields(await untilResolved(raw, turn_id, permission_id), { outcome: 'cancelled' });
      await endedAfterAll(raw, place);
      const late = { ...respond, outcome: 'selected', option_id: allow.option_id };
      demandError(await raw.request(late), 'permission_closed');
    },
  },
  {
    rule: 'an option that was not offered is bad_request, a permission that was never asked for permission_closed, and the question stays open',
    section: 'Error codes',
    why: 'A host that takes any text for an answer lets an agent do what nobody allowed.',
    exempts,
    needs,
    async check(trial) {
      const { raw, session_id, place, permission_id } = await asked(trial);
      const respond = { type: 'permission.respond', ...place, outcome: 'selected' };
      demandError(await raw.request({ ...respond, permission_id, option_id: 'never offered' }), 'bad_request');
      demandError(await raw.request({ ...respond, permission_id }), 'bad_request');
      const unknown = { ...respond, permission_id: 'never-asked', option_id: 'x' };
      demandError(await raw.request(unknown), 'permission_closed');
      const opened = await raw.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
      demandFields(opened, { state: 'requires_action' });
      await raw.request({ ...respond, permission_id, outcome: 'cancelled' }, 'request.done');
      await endedAfterAll(raw, place);
    },
  },
  {
    rule: 'a turn can be cancelled while a permission waits, which is closed then',
    section: 'Rules, a permission request',
    why: 'Stop means stop; a question of a turn that is over must not be answerable.',
    exempts,
    needs,
    async check(trial) {
      const stage = await asked(trial);
      const { raw, place, permission_id, allow, session_id } = stage;
      const events = await cancel(stage);
      contiguous(events);
      demandFields(events.at(-1)!, { stop_reason: 'cancelled' });
      const wrong = events.find((event) => event.type === 'permission.resolved' && event.outcome !== 'cancelled');
      demand(!wrong, 'no permission.resolved but as cancelled', wrong, wrong);
      const answer = { permission_id, outcome: 'selected', option_id: allow.option_id };
      demandError(await raw.request({ type: 'permission.respond', ...place, ...answer }), 'permission_closed');
      await openSession(raw, session_id);
    },
  },
];

/** A turn that waits for the answer to its first question. */
async function asked(trial: Trial): Promise<Asked> {
  const stage = await setStage(trial, 'ask');
  const { raw, start, turn_id } = stage;
  await raw.request(start, 'turn.started');
  const isQuestion = ({ type }: Frame) => type === 'permission.request';
  const question = await raw.untilEvent(turn_id, isQuestion, 'permission.request, after the words of --prompt-ask');
  const options = Array.isArray(question.options) ? (question.options as Option[]) : [];
  const allow = options.find(({ kind }) => kind.startsWith('allow'));
  demand(allow !== undefined, 'an option of a kind that allows', question, question);
  return { ...stage, question, allow, permission_id: String(question.permission_id) };
}

function untilResolved(raw: RawClient, turnId: string, permissionId: string): Promise<Frame> {
  const isIt = (frame: Frame) => frame.type === 'permission.resolved' && frame.permission_id === permissionId;
  return raw.untilEvent(turnId, isIt, `permission.resolved of ${permissionId}`);
}

/** Says no to whatever else the agent asks in this turn. */
async function endedAfterAll(raw: RawClient, place: Stage['place']): Promise<Frame[]> {
  const { turn_id } = place;
  for (let asked = 0; asked < MOST_QUESTIONS; asked++) {
    const events = raw.eventsOf(turn_id);
    const isClosed = ({ permission_id }: Frame) =>
      events.some((event) => event.type === 'permission.resolved' && event.permission_id === permission_id);
    const open = (frame: Frame) => frame.type === 'permission.request' && !isClosed(frame);
    const next = await raw.untilEvent(turn_id, (frame) => open(frame) || frame.type === 'turn.ended', 'turn.ended');
    if (next.type === 'turn.ended') break;
    const { permission_id } = next;
    await raw.request({ type: 'permission.respond', ...place, permission_id, outcome: 'cancelled' });
    await untilResolved(raw, turn_id, String(permission_id));
  }
  return raw.ended(turn_id);
}
