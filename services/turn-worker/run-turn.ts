import type { ContextUsage } from '../../shared/agent-protocol/content.ts';
import { AnswerStream, type Outcome } from '../../shared/delivery/answer-stream.ts';
import { draftRecord } from '../../shared/delivery/draft-record.ts';
import { languageFor } from '../../shared/delivery/language.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import { workOf } from '../../shared/delivery/work.ts';
import { opId } from '../../shared/ids/ids.ts';
import { HandOver } from '../../shared/lane/hand-over.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { counter, histogram } from '../../shared/runtime/metrics.ts';
import { giveFiles } from '../../shared/store/files-in.ts';
import type { Room } from '../../shared/store/rooms.ts';
import { type MessageFacts, type TurnContext, turnContext } from '../../shared/store/turn-context.ts';
import { detectLanguage, type Language } from '../../shared/texts/detect-language.ts';
import { refusalOf } from './admit-message.ts';
import { AgentFiles } from './agent-files.ts';
import { AgentQuestions } from './agent-questions.ts';
import { AgentWarnings } from './agent-warnings.ts';
import { answeredLongAgo } from './answered-long-ago.ts';
import { contextWarning } from './context-warning.ts';
import { filesLeft } from './files-left.ts';
import { followAgent } from './follow-agent.ts';
import { messageOf } from './message-of.ts';
import { nameRoom } from './name-room.ts';
import { type Quoted, quotedBy } from './quoted.ts';
import type { TurnDeps } from './turn-deps.ts';
import { turnInput } from './turn-input.ts';

const turns = counter('turns_total', 'turns by how they ended', ['state', 'code']);
const phases = histogram('turn_seconds', 'parts of a turn: queued, words (start to first words shown), total', [
  'phase',
]);

/** Typing is shown for 30 s at a time. */
const TYPING_AGAIN_MS = 25_000;
const BARE_NUMBER = /^\s*\d{1,3}\s*$/;

/**
 * One item of the `turns` queue: a message, and the agent's answer to it.
 * @returns what is to be said once the turn is committed.
 * @throws HandOver where the message is a number that picks from an open list: that is a command's.
 * @throws Parked where the agent waits for the person's answer.
 */
export async function runTurn(item: LaneItem<WorkItem>, context: RunContext, deps: TurnDeps): Promise<Send[]> {
  const never = (context.stopped || context.withdrawn) && !context.resumed;
  const work = workOf(item);
  if (never) {
    await filesLeft(item, work, { database: deps.database, stopped: context.stopped });
    return [];
  }
  const asked = await messageOf(item, work, deps);
  if (asked === null) return [];
  const { message, again } = asked;
  // A number that is asked again picks nothing: it has done so, or there was no list.
  const mayPick = again === undefined && BARE_NUMBER.test(message.text) && !message.file;
  const known = await circumstances(message, { position: item.position, mayPick, ...(again && { again }) }, deps);
  if (known.picks) throw new HandOver('commands');
  if (await answeredLongAgo(item, message, context, deps)) return [];
  const language = languageFor(known.speaks, message.text);
  const quoted = await quotedBy(message, deps);
  const refusal = await refusalOf(message, known, quoted, language, deps);
  if (refusal) return refusal.text === null ? [] : toSends([saying('notice', message, refusal.text, refusal.code)]);
  const { files } = known;
  // An edit has made a text a file: nobody has fetched it yet.
  if (again === undefined && message.file && !files.some(({ event }) => event === message.event))
    throw new HandOver('attachments', { anew: true });
  // Why they did not come has been said.
  if (message.text.trim() === '' && files.every(({ path }) => path === null)) return [];
  const fresh = files.filter(({ given }) => !given);
  if (fresh.length > 0)
    await giveFiles(
      deps.database,
      message.event,
      fresh.map(({ event }) => event),
    );
  return converse(item, { message, quoted, language, known: { ...known, room: known.room! } }, context, deps);
}

async function circumstances(
  { room, event, sender, text, thread }: MessageItem,
  place: Pick<MessageFacts, 'position' | 'mayPick' | 'again'>,
  deps: TurnDeps,
): Promise<TurnContext> {
  const facts = { room, event, sender, writes: detectLanguage(text), ...(thread && { thread }), ...place };
  const known = await turnContext(deps.database, facts);
  return known.room ? known : { ...known, room: await deps.adopt(room) };
}

type Asked = {
  readonly message: MessageItem;
  readonly quoted: Quoted | null;
  readonly language: Language;
  readonly known: TurnContext & { readonly room: Room };
};

async function converse(
  item: LaneItem,
  { message, quoted, language, known }: Asked,
  context: RunContext,
  deps: TurnDeps,
): Promise<Send[]> {
  const { database, agent } = deps;
  const { room, event, sender, thread } = message;
  const turnId = opId('turn', event);
  const sessionId = known.room.sessionId!;
  const log = deps.log.child({ room, event, turn: turnId });
  const chat = deps.chat(room);
  const started = performance.now();
  const stream = new AnswerStream({
    chat,
    record: draftRecord(database, { room, cause: event, lane: item.lane, epoch: context.epoch }),
    cause: event,
    asker: sender,
    ...(thread === undefined ? {} : { thread }),
    epoch: context.epoch,
    begun: known.live,
    log,
  });
  const questions = new AgentQuestions({
    database,
    agent,
    say: (utterance) => deps.say(utterance, context.lost),
    about: message,
    lane: item.lane,
    seq: item.seq,
    resumed: context.resumed,
    sessionId,
    turnId,
    language,
    ttlMs: deps.permissionMs,
  });
  const files = new AgentFiles({
    database,
    agent,
    say: (utterance) => deps.say(utterance, context.lost),
    wake: deps.wake,
    stream,
    about: message,
    position: item.position,
    sessionId,
    turnId,
    language,
    signal: context.signal,
    log,
  });
  chat.typing(true);
  const typing = setInterval(() => chat.typing(true), TYPING_AGAIN_MS);
  try {
    const input = turnInput(message, quoted, deps.names, known.files);
    const { idleTimeoutMs, patienceMs, outage } = deps;
    const { signal } = context;
    const turn = { sessionId, turnId, input, language, idleTimeoutMs, patienceMs, outage, signal };
    let usage: ContextUsage | undefined;
    const onContext = (told: ContextUsage) => {
      usage = told;
    };
    const warnings = new AgentWarnings();
    const onWarning = (text: string) => warnings.take(text);
    const outcome = await followAgent(agent, turn, { stream, questions, files, onWarning, onContext, log });
    if (outcome.state !== 'stopped') await files.done();
    const last = [...(await questions.close()), ...(await stream.finish(outcome))];
    last.push(...warnings.said(message, language));
    last.push(...(await contextWarning(usage, message, { database, sessionId, language })));
    const queuedMs = Date.now() - item.receivedAt - (performance.now() - started);
    record(outcome, { queuedMs, started, stream, log, epoch: context.epoch });
    nameRoom(known.room, message, deps);
    return toSends(last);
  } catch (error) {
    await stream.abandon();
    throw error;
  } finally {
    files.abandon();
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
