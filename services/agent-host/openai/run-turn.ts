import type { AgentTurn, StopReason } from '../adapter.ts';
import { Speech } from '../speech.ts';
import { TurnClock } from '../turn-clock.ts';
import { untilAborted } from '../until-aborted.ts';
import { type Asking, askFitting } from './ask-fitting.ts';
import type { ModelCall } from './completions/call-merger.ts';
import type { Completion } from './completions/completion.ts';
import type { Hearing, ModelClient } from './completions/model-client.ts';
import { contextFigures, ownCount } from './conversation/context-size.ts';
import {
  afterTurn,
  type Conversation,
  changeLast,
  readConversation,
  withoutResults,
  withStep,
} from './conversation/conversation.ts';
import { measureConversation, measureTurn } from './conversation/measure-conversation.ts';
import { failureOf, ModelError } from './http/model-error.ts';
import type { OpenaiSettings } from './openai-settings.ts';
import type { PromptHead } from './prompt-head.ts';
import { counterFor, ESTIMATE } from './tokens/token-counter.ts';
import { callArguments } from './tool-calls/call-arguments.ts';
import { runToolCall } from './tool-calls/run-tool-call.ts';
import { type TurnUsage, usageFigures, withAnswer } from './turn-usage.ts';

const MODEL_REQUESTS = 25;
const UNFINISHED = 'Interrupted: it is not known how much of this was done.';
const NOT_RUN = 'Not run: the limit of model requests in one turn is reached.';

/** One turn from the person's message to its end. What it holds is gone with it. */
export class TurnRun {
  readonly #settings: OpenaiSettings;
  readonly #head: PromptHead;
  readonly #turn: AgentTurn;
  readonly #clock: TurnClock;
  readonly #signal: AbortSignal;
  /** Without tools, and with the estimate, until the turn has begun. */
  #asking: Asking;
  #usage: TurnUsage = { input: 0, output: 0 };
  #conversation: Conversation;
  /** What is being said and is not in the conversation yet. */
  #speech: Speech | undefined;
  #calls = 0;

  constructor(
    { client, settings, head }: { client: ModelClient; settings: OpenaiSettings; head: PromptHead },
    turn: AgentTurn,
  ) {
    this.#asking = { client, settings, tools: [], counter: ESTIMATE };
    this.#settings = settings;
    this.#head = head;
    this.#turn = turn;
    this.#clock = new TurnClock(settings.turnTimeoutMs);
    this.#signal = AbortSignal.any([turn.signal, this.#clock.signal]);
    const before = readConversation(turn.conversation);
    this.#conversation = { ...before, turns: [...before.turns, { input: [...turn.input], steps: [] }] };
  }

  /** @throws AgentFailure; whatever a defect throws. */
  async run(): Promise<StopReason | undefined> {
    try {
      await this.#begin();
      const stopReason = await this.#answers();
      this.#turn.keepConversation(await this.#measured(afterTurn(this.#conversation)));
      return stopReason;
    } catch (error) {
      this.#keepInterrupted(error);
      if (this.#turn.signal.aborted) return undefined;
      throw error instanceof ModelError ? failureOf(error) : error;
    } finally {
      this.#clock.stop();
    }
  }

  async #answers(): Promise<StopReason | undefined> {
    const most = this.#settings.maxModelRequests ?? MODEL_REQUESTS;
    for (let number = 1; ; number++) {
      const { calls, finish } = await this.#answer(number, number < most);
      if (finish === 'length') return 'max_tokens';
      if (finish === 'filter') return 'refusal';
      if (calls.length === 0) return undefined;
      // What tools do now, no model would see.
      if (number >= most) return 'max_turn_requests';
      for (const [at, call] of calls.entries()) this.#result(at, await this.#runTool(call));
    }
  }

  async #begin(): Promise<void> {
    this.#signal.throwIfAborted();
    const counter = await counterFor(this.#settings.model);
    const { tools, tokens } = await untilAborted(this.#head.forTurn(counter), this.#signal);
    this.#asking = { ...this.#asking, tools, counter };
    const measured = await measureConversation(this.#conversation, counter, this.#signal);
    this.#conversation = { ...measured, head_tokens: tokens };
  }

  async #answer(number: number, mayCall: boolean): Promise<Completion> {
    const speech = new Speech(this.#turn.emit, number, this.#settings.showThoughts ?? true);
    this.#speech = speech;
    const hearing: Hearing = {
      text: (text) => speech.say(text),
      thought: (text) => speech.think(text),
      waits: (error, ms) => this.#tellOfWait(error, ms),
      counts: (usage) => {
        this.#usage = withAnswer(this.#usage, usage, this.#settings.price);
      },
    };
    const asked = await askFitting(this.#asking, this.#turn, this.#conversation, number, hearing, this.#signal);
    const { completion } = asked;
    this.#speech = undefined;
    speech.done();
    const { thought, thoughtField } = completion;
    this.#conversation = withStep(asked.conversation, {
      text: completion.text,
      calls: completion.calls.map((call) => pastCall(call, mayCall ? UNFINISHED : NOT_RUN)),
      ...(thought && completion.calls.length > 0 ? { thought: { field: thoughtField, text: thought } } : {}),
    });
    await this.#count(completion);
    return completion;
  }

  #runTool(call: ModelCall): Promise<string> {
    this.#calls += 1;
    return runToolCall(`tool-${this.#calls}`, call, {
      turn: this.#turn,
      tools: this.#asking.tools,
      clock: this.#clock,
      signal: this.#signal,
      isAllowed: (tool) => this.#conversation.allowed.includes(tool),
      allowForGood: (tool) => {
        this.#conversation = { ...this.#conversation, allowed: [...this.#conversation.allowed, tool] };
      },
      withoutSecrets: (text) => this.#asking.client.withoutSecrets(text),
    });
  }

  /** Of the call at this place in the newest step. */
  #result(place: number, result: string): void {
    this.#conversation = changeLast(this.#conversation, (last) => ({
      ...last,
      steps: last.steps.with(-1, {
        ...last.steps.at(-1)!,
        calls: last.steps.at(-1)!.calls.map((call, at) => (at === place ? { ...call, result } : call)),
      }),
    }));
  }

  /** Tells what the turn has used so far, in all: whoever adds up turns takes the last word of each. */
  async #count({ usage, thought }: Completion): Promise<void> {
    this.#conversation = await this.#measured(this.#conversation);
    if (usage) {
      const estimate = ownCount(this.#conversation, this.#settings);
      // What the model thought was counted, and is not kept.
      const steps = this.#conversation.turns.at(-1)!.steps.slice(-1);
      const answer = await measureTurn({ input: [], steps }, this.#asking.counter);
      const added = thought ? Math.min(usage.completion, answer.said) : usage.completion;
      this.#conversation = { ...this.#conversation, measured: { tokens: usage.prompt + added, estimate } };
    }
    const { context } = contextFigures(this.#conversation, this.#settings);
    const figures = usageFigures(this.#usage);
    this.#turn.emit({ type: 'usage.update', context, ...(figures && { usage: { context, ...figures } }) });
  }

  #tellOfWait({ kind }: ModelError, ms: number): void {
    if (ms < 1_000) return;
    const why = kind === 'busy' ? 'is busy' : kind === 'loading' ? 'is not ready yet' : 'does not answer';
    const text = `The model’s server ${why}; trying again in ${Math.ceil(ms / 1000)} s.`;
    this.#turn.emit({ type: 'notice', severity: 'info', text });
  }

  #measured(conversation: Conversation): Promise<Conversation> {
    return measureConversation(conversation, this.#asking.counter);
  }

  /** What was said stays. A message that failed before anything was said may be sent again, and then stands there once. */
  #keepInterrupted(error: unknown): void {
    const text = this.#speech?.text ?? '';
    const nothingSaid = text === '' && this.#conversation.turns.at(-1)!.steps.length === 0;
    if (nothingSaid && !this.#turn.signal.aborted) return;
    if (error instanceof ModelError && error.kind === 'overflow')
      this.#conversation = withoutResults(this.#conversation);
    const interrupted = withStep(this.#conversation, { text, calls: [], interrupted: true });
    // At once: the host does not wait for long. The next turn measures it.
    this.#turn.keepConversation(afterTurn(interrupted));
  }
}

/** For the history, in which arguments have to be JSON: some servers parse what they are given back. */
function pastCall({ id, name, arguments: given }: ModelCall, result: string) {
  const read = callArguments(given);
  return { id, name, arguments: read.ok ? JSON.stringify(read.value) : '{}', result };
}
