import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import { AnswerStream, type Outcome } from '../../shared/delivery/answer-stream.ts';
import { draftRecord } from '../../shared/delivery/draft-record.ts';
import { languageFor } from '../../shared/delivery/language.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import { workOf } from '../../shared/delivery/work.ts';
import { opId } from '../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { counter, histogram } from '../../shared/runtime/metrics.ts';
import { turnContext } from '../../shared/store/live-messages.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Chat } from '../../shared/surface/port.ts';
import { refusalOf } from './admit-message.ts';
import { followAgent } from './follow-agent.ts';

export type TurnDeps = {
  readonly database: Database;
  readonly agent: AgentConnection;
  readonly chat: (room: MessageItem['room']) => Chat;
  readonly adopt: (room: MessageItem['room']) => Promise<Awaited<ReturnType<typeof turnContext>>['room']>;
  readonly allow: readonly string[];
  readonly idleTimeoutMs: number;
  readonly log: Log;
};

const turns = counter('turns_total', 'turns by how they ended', ['state', 'code']);
const phases = histogram('turn_seconds', 'parts of a turn: queued, words (start to first words shown), total', [
  'phase',
]);

/** Typing is shown for 30 s at a time. */
const TYPING_AGAIN_MS = 25_000;

/** One item of the `turns` queue: a message, and the agent's answer to it. @returns what is to be said once the turn is committed. */
export async function runTurn(item: LaneItem<WorkItem>, context: RunContext, deps: TurnDeps): Promise<Send[]> {
  const message = workOf(item);
  if (message.type !== 'message') return [];
  const never = (context.stopped || context.withdrawn) && !context.resumed;
  if (never) return [];
  const { database } = deps;
  const known = await turnContext(database, message.room, message.event, message.sender);
  const room = known.room ?? (await deps.adopt(message.room));
  const language = languageFor(known.language, message.text);
  const refusal = await refusalOf(message, room, language, deps);
  if (refusal) return refusal.text === null ? [] : toSends([saying('notice', message, refusal.text, refusal.code)]);

  const log = deps.log.child({ room: message.room, event: message.event, turn: opId('turn', message.event) });
  const chat = deps.chat(message.room);
  const started = performance.now();
  const stream = new AnswerStream({
    chat,
    record: draftRecord(database, { room: message.room, cause: message.event, lane: item.lane, epoch: context.epoch }),
    cause: message.event,
    asker: message.sender,
    epoch: context.epoch,
    begun: known.live,
    log,
  });
  chat.typing(true);
  const typing = setInterval(() => chat.typing(true), TYPING_AGAIN_MS);
  try {
    const outcome = await followAgent(
      deps.agent,
      {
        sessionId: room!.sessionId!,
        turnId: opId('turn', message.event),
        input: [{ type: 'text', text: message.text }],
        language,
        idleTimeoutMs: deps.idleTimeoutMs,
        signal: context.signal,
      },
      stream,
      log,
    );
    const last = await stream.finish(outcome);
    record(outcome, {
      queuedMs: Date.now() - item.receivedAt - (performance.now() - started),
      started,
      stream,
      log,
      epoch: context.epoch,
    });
    return toSends(last);
  } catch (error) {
    await stream.abandon();
    throw error;
  } finally {
    clearInterval(typing);
    chat.typing(false);
  }
}

/** One line and one set of figures for each turn's end. */
function record(
  outcome: Outcome,
  turn: { queuedMs: number; started: number; stream: AnswerStream; log: Log; epoch: number },
): void {
  const total = performance.now() - turn.started;
  const words = turn.stream.openedAt === null ? null : turn.stream.openedAt - turn.started;
  turns.inc({ state: outcome.state, code: outcome.code ?? '' });
  phases.observe({ phase: 'queued' }, Math.max(0, turn.queuedMs) / 1000);
  if (words !== null) phases.observe({ phase: 'words' }, Math.max(0, words) / 1000);
  phases.observe({ phase: 'total' }, total / 1000);
  const fields = {
    state: outcome.state,
    code: outcome.code,
    queued_ms: round(turn.queuedMs),
    words_ms: round(words),
    total_ms: round(total),
    edits: turn.stream.edits,
    epoch: turn.epoch,
  };
  turn.log.info(fields, 'turn ended');
}

function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
