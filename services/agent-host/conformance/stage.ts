import { Breach, demand, NotTried } from './breach.ts';
import type { Frame } from './frame.ts';
import type { BehaviourName } from './prompts.ts';
import type { RawClient } from './raw-client.ts';
import type { Trial } from './rule.ts';

/** A turn in a session of its own, not started yet. */
export type Stage = {
  readonly raw: RawClient;
  readonly session_id: string;
  readonly turn_id: string;
  /** Session and turn: what every request about the turn carries. */
  readonly place: { readonly session_id: string; readonly turn_id: string };
  readonly start: Readonly<Record<string, unknown>> & { readonly type: 'turn.start' };
};

export function text(words: string): { type: 'text'; text: string }[] {
  return [{ type: 'text', text: words }];
}

export function newId(what: 'turn' | 'owner'): string {
  return `${what}-${crypto.randomUUID()}`;
}

/** A session and a workspace of the rule's own. */
export async function openSession(raw: RawClient, session_id = `conformance-${crypto.randomUUID()}`): Promise<string> {
  await raw.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
  return session_id;
}

export function turnIn(session_id: string, words: string): Pick<Stage, 'turn_id' | 'place' | 'start'> {
  const place = { session_id, turn_id: newId('turn') };
  return { turn_id: place.turn_id, place, start: { type: 'turn.start', ...place, input: text(words) } };
}

/** @param raw a client of the trial; a new one where it is missing. */
export async function setStage(trial: Trial, behaviour: BehaviourName, raw?: RawClient): Promise<Stage> {
  const client = raw ?? (await trial.client());
  const session_id = await openSession(client);
  return { raw: client, session_id, ...turnIn(session_id, trial.prompt(behaviour)) };
}

/** A turn that runs and has said its first words. */
export async function speaking(trial: Trial, behaviour: BehaviourName = 'long'): Promise<Stage> {
  const stage = await setStage(trial, behaviour);
  await stage.raw.request(stage.start, 'turn.started');
  await whileItRuns(stage, behaviour, () => firstWords(stage.raw, stage.turn_id));
  return stage;
}

export function firstWords(raw: RawClient, turnId: string): Promise<Frame> {
  return raw.untilEvent(turnId, ({ type }) => type === 'message.delta', 'a message.delta');
}

/** What fails because the turn was over by itself says nothing of the host. */
export async function whileItRuns<T>(stage: Stage, behaviour: BehaviourName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const end = stage.raw.eventsOf(stage.turn_id).find(({ type }) => type === 'turn.ended');
    if (error instanceof Breach && end?.stop_reason === 'end_turn')
      throw new NotTried(`the turn was over too soon; pass other words as --prompt-${behaviour}`);
    throw error;
  }
}

export async function cancel({ raw, place, turn_id }: Stage): Promise<Frame[]> {
  await raw.request({ type: 'turn.cancel', ...place }, 'request.done');
  return raw.ended(turn_id);
}

/** Starts the turn and waits for its end. */
export async function play({ raw, start, turn_id }: Pick<Stage, 'raw' | 'start' | 'turn_id'>): Promise<Frame[]> {
  await raw.request(start, 'turn.started');
  return raw.ended(turn_id);
}

/** What the agent answers to the words, in a turn that has to end well. */
export async function ask(raw: RawClient, sessionId: string, words: string): Promise<string> {
  const events = await play({ raw, ...turnIn(sessionId, words) });
  const end = events.at(-1)!;
  demand(end.stop_reason === 'end_turn', 'turn.ended with stop_reason end_turn', end, end);
  return answerIn(events);
}

export function answerIn(events: readonly Frame[]): string {
  const deltas = events.filter(({ type, channel }) => type === 'message.delta' && channel === 'answer');
  return deltas.map((delta) => delta.text).join('');
}

/** The same frames in the same order. */
export function demandSame(came: readonly Frame[], expected: readonly Frame[], what: string): void {
  const at = expected.findIndex((frame, index) => JSON.stringify(came[index]) !== JSON.stringify(frame));
  if (at >= 0) demand(false, `${what}: ${JSON.stringify(expected[at])}`, came[at] ?? 'nothing', came[at]);
  const more = came[expected.length];
  demand(!more, `${what}, and nothing behind it`, more, more);
}
