import { field } from '../../../../shared/config/json.ts';
import type { Log } from '../../../../shared/runtime/log.ts';
import { sleep } from '../../../../shared/time/time.ts';
import type { AgentTurn, StopReason } from '../../adapter.ts';
import { untilAborted } from '../../until-aborted.ts';
import type { AcpSettings } from '../acp-settings.ts';
import { type Conversation, readConversation, withAnswer, withMessage } from '../conversation/conversation.ts';
import { PREFACE, recollection, SAME_MESSAGE } from '../conversation/preface.ts';
import { messageText, type PromptBlock, promptBlocks } from '../conversation/prompt-blocks.ts';
import type { AgentProcess } from '../process/agent-process.ts';
import type { Patience } from '../process/patience.ts';
import type { Place, ProcessPool } from '../process/process-pool.ts';
import { methods } from '../sdk.ts';
import { type Opened, openSession } from '../session/open-session.ts';
import type { Room } from '../session/room.ts';
import { failureOf } from '../wire/request-failure.ts';
import { tokens } from '../wire/session-update.ts';
import { askPermission } from './ask-permission.ts';
import { Outbox } from './outbox.ts';
import { Retelling } from './retelling.ts';
import { shownTo } from './shown-to.ts';
import { TooMuch, TurnLimits } from './turn-limits.ts';

export type AcpParts = {
  readonly settings: AcpSettings;
  readonly patience: Patience;
  readonly pool: ProcessPool;
  readonly log: Log;
  readonly withoutSecrets: (text: string) => string;
};

/** Tool calls, and messages, of one turn. */
const MOST = 200;
const FORGOTTEN = 'The agent does not remember this conversation itself; it was given what was said before as text.';
const STOP_REASONS: readonly unknown[] = ['max_tokens', 'max_turn_requests', 'refusal'] satisfies StopReason[];

/** One turn from the person’s message to its end. What it holds is gone with it; what goes on is the room’s. */
export class AcpTurn {
  readonly #parts: AcpParts;
  readonly #room: Room;
  readonly #turn: AgentTurn;
  readonly #limits: TurnLimits;
  readonly #signal: AbortSignal;
  readonly #shown: (text: string) => string;
  readonly #retelling: Retelling;
  readonly #before: Conversation;
  readonly #message: string;
  #acpSession: string | undefined;
  #wasSent = false;

  constructor(parts: AcpParts, room: Room, turn: AgentTurn) {
    const { turnTimeoutMs, maxToolCalls = MOST, showThoughts = true } = parts.settings;
    this.#parts = parts;
    this.#room = room;
    this.#turn = turn;
    this.#limits = new TurnLimits(turnTimeoutMs, maxToolCalls);
    this.#signal = AbortSignal.any([turn.signal, this.#limits.signal]);
    this.#shown = shownTo(turn.workspace, parts.withoutSecrets);
    const count = (what: 'calls' | 'messages') => this.#limits.count(what);
    this.#before = readConversation(turn.conversation);
    const costBefore = this.#before.cost;
    this.#retelling = new Retelling(turn.emit, { showThoughts, shown: this.#shown, costBefore, count });
    this.#message = messageText(turn.input);
    this.#acpSession = this.#before.acpSession;
  }

  /** @throws AgentFailure; whatever a defect throws. */
  async run(): Promise<StopReason | undefined> {
    this.#room.turns += 1;
    try {
      const stopReason = await this.#answer();
      this.#retelling.end('completed');
      this.#keep();
      return stopReason;
    } catch (error) {
      return this.#broken(error);
    } finally {
      this.#limits.stop();
      void this.#room.settled.then(() => {
        this.#room.turns -= 1;
      });
    }
  }

  async #answer(): Promise<StopReason | undefined> {
    const { pool, log } = this.#parts;
    const { workspace, offer, emit } = this.#turn;
    await untilAborted(this.#room.settled, this.#signal);
    const outbox = await Outbox.watch({ workspace, offer, emit, signal: this.#signal, log });
    const place = await pool.place(this.#room.process, this.#signal);
    const work = this.#converse(place.process, outbox);
    this.#room.settled = this.#untilSettled(place, work);
    const answer = await untilAborted(work, this.#signal);
    pool.works();
    await outbox.finish();
    const reason = field(answer, 'stopReason');
    return STOP_REASONS.includes(reason) ? (reason as StopReason) : undefined;
  }

  /** Goes on behind a turn that was left: its prompt comes to its end, or its process does. */
  async #untilSettled({ process, giveBack }: Place, work: Promise<unknown>): Promise<void> {
    const over = work.then(
      () => {},
      () => {},
    );
    await untilAborted(over, this.#signal).catch(async () => {
      const patience = new AbortController();
      const isLate = sleep(this.#parts.patience.cancelMs, patience.signal);
      await Promise.race([over, isLate]);
      patience.abort();
      if (await isLate) this.#parts.pool.retire(process, 'stuck');
    });
    giveBack();
    // Two processes in one conversation would overwrite each other; one that others use is left to them.
    if (process.retired && process.turns === 0) await process.ended;
  }

  async #converse(process: AgentProcess, outbox: Outbox): Promise<unknown> {
    const { id, continued } = await this.#open(process);
    this.#acpSession = id;
    this.#room.held = { process, acpSession: id, workspace: this.#turn.workspace };
    this.#signal.throwIfAborted();
    const prompt = await this.#prompt(process, continued);
    this.#signal.throwIfAborted();
    const stopListening = process.listen(id, {
      heard: (heard) => {
        if (this.#retelling.hear(heard)) outbox.look();
      },
      asked: (asked) =>
        askPermission(asked, {
          ask: this.#turn.ask,
          signal: this.#signal,
          limits: this.#limits,
          shown: this.#shown,
          onAllowed: () => this.#retelling.begin(asked.call),
        }),
    });
    const cancel = () => {
      // Up to three more pieces come after a cancel.
      stopListening();
      process.cancel(id);
    };
    this.#signal.addEventListener('abort', cancel, { once: true });
    try {
      this.#wasSent = true;
      const answer = await process.request(methods.agent.session.prompt, { sessionId: id, prompt });
      this.#told(field(answer, 'usage'));
      return answer;
    } finally {
      stopListening();
      this.#signal.removeEventListener('abort', cancel);
    }
  }

  async #open(process: AgentProcess): Promise<Opened> {
    const { settings, patience, pool } = this.#parts;
    const { workspace } = this.#turn;
    const known = this.#before.acpSession;
    if (known !== undefined && this.#room.holds(process, known, workspace)) return { id: known, continued: true };
    try {
      return await openSession(process, settings, workspace, known, patience.requestMs);
    } catch (error) {
      if ((error as Error).name === 'Unanswered') pool.retire(process, 'stuck');
      throw error;
    }
  }

  async #prompt(process: AgentProcess, continued: boolean): Promise<PromptBlock[]> {
    const { input, workspace, emit } = this.#turn;
    const blocks = await promptBlocks(input, workspace, process.abilities.images);
    const isRetry = this.#before.unanswered === this.#message;
    if (continued) return isRetry ? [text(SAME_MESSAGE), ...blocks] : blocks;
    // Without the message that is being sent, whether it is there for the first time or for a second.
    const said = recollection(withMessage(this.#before, this.#message).transcript.slice(0, -1));
    // After a snapshot that was loaded as text the person has been told.
    const severity = this.#before.acpSession === undefined ? 'info' : 'warning';
    if (said) emit({ type: 'notice', severity, text: FORGOTTEN });
    return [text(PREFACE), ...(said ? [text(said)] : []), ...blocks];
  }

  #told(usage: unknown): void {
    const input = tokens(usage, 'inputTokens');
    const output = tokens(usage, 'outputTokens');
    if (!this.#signal.aborted && (input ?? output) !== undefined) this.#retelling.usage({ input, output });
  }

  #broken(error: unknown): StopReason | undefined {
    const { settings, log, withoutSecrets } = this.#parts;
    const cancelled = this.#turn.signal.aborted;
    this.#retelling.end(cancelled ? 'cancelled' : 'failed');
    if (cancelled || this.#wasSent) this.#keepInterrupted(cancelled);
    if (cancelled) return undefined;
    if (error instanceof TooMuch) {
      log.warn({ problem: error.message }, 'a turn of the agent does not come to an end');
      return 'max_turn_requests';
    }
    throw failureOf(error, { command: settings.command, log, withoutSecrets });
  }

  #keep(): void {
    this.#keepAs(withAnswer(withMessage(this.#before, this.#message), this.#retelling.text));
  }

  /** What was said stays. What the client may send again is remembered, since the agent may have kept it as well. */
  #keepInterrupted(cancelled: boolean): void {
    const said = withAnswer(withMessage(this.#before, this.#message), this.#retelling.text, true);
    this.#keepAs(cancelled ? said : { ...said, unanswered: this.#message });
  }

  #keepAs(conversation: Conversation): void {
    const context = this.#retelling.context ?? this.#before.context;
    const cost = this.#retelling.cost ?? this.#before.cost;
    const acpSession = this.#acpSession;
    const told = { ...(acpSession && { acpSession }), ...(context && { context }), ...(cost && { cost }) };
    this.#turn.keepConversation({ ...conversation, ...told });
  }
}

function text(words: string): PromptBlock {
  return { type: 'text', text: words };
}
