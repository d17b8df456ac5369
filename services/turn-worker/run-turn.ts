import type { ContextUsage, Usage } from '../../shared/agent-protocol/content.ts';
import { AnswerStream } from '../../shared/delivery/answer-stream.ts';
import { draftRecord } from '../../shared/delivery/draft-record.ts';
import { languageFor } from '../../shared/delivery/language.ts';
import { saying, toSends } from '../../shared/delivery/utterances.ts';
import { workOf } from '../../shared/delivery/work.ts';
import { opId } from '../../shared/ids/ids.ts';
import { HandOver } from '../../shared/lane/hand-over.ts';
import type { LaneItem, Send } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import { inSpan } from '../../shared/runtime/tracing.ts';
import { bindToWork, sayAtEnd } from '../../shared/runtime/work.ts';
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
import { CourseWatch, withCourse } from './course-watch.ts';
import { filesLeft } from './files-left.ts';
import { followAgent } from './follow-agent.ts';
import { messageOf } from './message-of.ts';
import { nameRoom } from './name-room.ts';
import { noteSpent } from './note-spent.ts';
import { type Quoted, quotedBy } from './quoted.ts';
import { tellOfDropped, tellWhoStopped } from './stopped-by-operator.ts';
import { neverStarted, takePlace } from './take-place.ts';
import type { TurnDeps } from './turn-deps.ts';
import { turnInput } from './turn-input.ts';
import { recordTurn } from './turn-record.ts';

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
    await neverStarted(work, deps);
    return context.stopped && !context.withdrawn ? tellOfDropped(item, work, deps.database) : [];
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
  if (refusal) {
    sayAtEnd('no turn came of it', { code: refusal.code });
    return refusal.text === null ? [] : toSends([saying('notice', message, refusal.text, refusal.code)]);
  }
  const { files } = known;
  // An edit has made a text a file: nobody has fetched it yet.
  if (again === undefined && message.file && !files.some(({ event }) => event === message.event))
    throw new HandOver('attachments', { anew: true });
  // Why they did not come has been said.
  if (message.text.trim() === '' && files.every(({ path }) => path === null)) return [];
  const leave = await takePlace(item, message, language, context, deps);
  try {
    const fresh = files.filter(({ given }) => !given);
    if (fresh.length > 0)
      await giveFiles(
        deps.database,
        message.event,
        fresh.map(({ event }) => event),
      );
    const asked = { message, quoted, language, known: { ...known, room: known.room! } };
    return await converse(item, asked, context, deps);
  } finally {
    await leave();
  }
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
  const { log } = deps;
  bindToWork({ turn: turnId, session: sessionId });
  const watch = new CourseWatch();
  const chat = watch.watched(deps.chat(room));
  const started = performance.now();
  const stream = new AnswerStream({
    chat,
    record: draftRecord(database, { room, cause: event, lane: item.lane, epoch: context.epoch }),
    cause: event,
    asker: sender,
    ...(thread === undefined ? {} : { thread }),
    epoch: context.epoch,
    valid: context.valid,
    lost: context.lost,
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
    let spent: Usage | undefined;
    const onUsage = (told: Usage) => {
      spent = told;
    };
    const onHeard = () => watch.heard();
    const followers = { stream, questions, files, onHeard, onWarning, onContext, onUsage, log };
    const outcome = await inSpan('agent turn', { turn: turnId, session: sessionId }, async (span) => {
      const ended = await followAgent(agent, turn, followers);
      span?.set({ outcome: ended.state, code: ended.code });
      return tellWhoStopped(ended, item, language, database);
    });
    await noteSpent(database, message, spent);
    if (outcome.state !== 'stopped') await files.done();
    const last = [...(await questions.close()), ...(await stream.finish(outcome))];
    last.push(...warnings.said(message, language));
    last.push(...(await contextWarning(usage, message, { database, sessionId, language })));
    const queuedMs = Date.now() - item.receivedAt - (performance.now() - started);
    recordTurn(outcome, { queuedMs, started, stream, question: deps.logContent ? message.text : null });
    nameRoom(known.room, message, deps);
    return withCourse(toSends(last), watch.course(context, deps.instance, queuedMs));
  } catch (error) {
    await stream.abandon();
    throw error;
  } finally {
    files.abandon();
    clearInterval(typing);
    chat.typing(false);
  }
}
