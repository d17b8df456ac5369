import { HOST_MESSAGES, hostMessage, RESULTS, type RequestType } from '../../../shared/agent-protocol/host-messages.ts';
import { demand } from './breach.ts';
import { type Frame, NO_MESSAGE } from './frame.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule, Trial } from './rule.ts';
import { openSession, setStage } from './stage.ts';

const OWN_ANSWERS: Record<string, string> = {
  hello: 'welcome',
  'session.open': 'session.opened',
  'turn.start': 'turn.started',
  'turn.attach': 'turn.started',
};
const KNOWN = new Set<string>(HOST_MESSAGES.map((schema) => schema.shape.type.value));
/** “The client takes four times as much.” */
const CLIENT_TAKES = 4;

/** These two look at all that passed while the other rules were tried. */
export const ANSWER_RULES: readonly Rule[] = [
  {
    rule: 'every request is answered exactly once, under its id in re, by its own answer or by error',
    section: 'Rules, requests',
    why: 'The client finds the request by re: a wrong one leaves a person waiting, a second one confuses another request.',
    needs: ['words'],
    check: passSomething,
    watch: answersOnce,
  },
  {
    rule: 'whatever the host sends is JSON in text frames, fits the schema of its type, and is not larger than a client takes',
    section: 'What a host sends',
    why: 'A client drops what it cannot read, so an event of the wrong shape is a hole in the answer.',
    needs: ['words'],
    check: passSomething,
    watch: fitsSchema,
  },
];

/** Under `--only` nothing else may have passed. */
async function passSomething(trial: Trial): Promise<void> {
  const { raw, start, turn_id, place } = await setStage(trial, 'words');
  await raw.request(start, 'turn.started');
  await raw.ended(turn_id);
  for (const type of ['turn.cancel', 'turn.detach']) await raw.request({ type, ...place }, 'request.done');
  await raw.request({ type: 'session.reset', session_id: await openSession(raw) }, 'request.done');
  await raw.request({ type: 'session.list' }, 'request.done');
  await raw.request({ type: 'turn.attach', ...place, turn_id: 'never', after_seq: 0 }, 'error');
}

function answersOnce(client: RawClient): void {
  const open = new Map<string, string[]>();
  for (const passed of client.passed) {
    if (passed.from === 'client') {
      const { id, type } = requestIn(passed.sent);
      if (typeof id === 'string') open.set(id, [...(open.get(id) ?? []), String(type)]);
      continue;
    }
    const { frame } = passed;
    if (frame.re === undefined || (frame.re === 'hello' && frame.code === 'unauthorized')) continue;
    const type = open.get(String(frame.re))?.shift();
    demand(type !== undefined, 'an answer to a request that is open', frame, frame);
    if (frame.type === 'error') continue;
    const expected = OWN_ANSWERS[type] ?? 'request.done';
    demand(frame.type === expected, `${expected}, or error, as the answer to ${type}`, frame, frame);
    fitsResult(type, frame);
  }
}

function fitsResult(type: string, frame: Frame): void {
  const schema = RESULTS[type as RequestType];
  if (!schema) return;
  const parsed = schema.safeParse(frame.result);
  demand(parsed.success, `a result of ${type} as in the schema: ${problemOf(parsed)}`, frame, frame);
}

function fitsSchema(client: RawClient, { maxFrameBytes }: { maxFrameBytes: number }): void {
  for (const passed of client.passed) {
    if (passed.from === 'client') continue;
    const { frame, bytes } = passed;
    demand(frame.type !== NO_MESSAGE, 'a text frame with a JSON object that has a type', frame, frame);
    const most = maxFrameBytes * CLIENT_TAKES;
    demand(bytes <= most, `a frame of ${most} bytes at most`, `one of ${bytes} bytes`, frame);
    // What a client does not know it ignores, so a host may say it.
    if (!KNOWN.has(frame.type)) continue;
    const parsed = hostMessage.safeParse(frame);
    demand(parsed.success, `${frame.type} as in the schema: ${problemOf(parsed)}`, frame, frame);
  }
}

function problemOf({ error }: { error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined }): string {
  const issue = error?.issues[0];
  return issue ? `${issue.path.map(String).join('.') || 'it'}: ${issue.message}` : '';
}

function requestIn(sent: Record<string, unknown> | string | Buffer): Record<string, unknown> {
  if (Buffer.isBuffer(sent)) return {};
  if (typeof sent !== 'string') return sent;
  try {
    return (JSON.parse(sent) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
