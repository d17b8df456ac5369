import { AgentRefusal } from '../../shared/agent-protocol/agent-refusal.ts';
import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { PermissionOption } from '../../shared/agent-protocol/content.ts';
import type { PermissionRequest, TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import { outcomeMessage, questionMessage } from '../../shared/delivery/question-messages.ts';
import { opId } from '../../shared/ids/ids.ts';
import { isAnythingBehind } from '../../shared/lane/start-of.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { allowancesOf } from '../../shared/store/allowances.ts';
import { tellOnce } from '../../shared/store/people.ts';
import type { Database } from '../../shared/store/postgres.ts';
import { askQuestion, type Question, questionsOf, settleQuestion } from '../../shared/store/questions.ts';
import type { Utterance } from '../../shared/surface/port.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';

export type AgentQuestionsOptions = {
  readonly database: Database;
  readonly agent: AgentConnection;
  /** Says something at once, and once, under its operation id. */
  readonly say: (utterance: Utterance) => Promise<void>;
  /** The message that the turn answers; its sender is who is asked. */
  readonly about: WorkItem;
  /** The turn's lane: what an answer wakes; and its place there. */
  readonly lane: string;
  readonly seq: number;
  /** The turn was begun by an earlier worker, who may have asked. */
  readonly resumed: boolean;
  readonly sessionId: string;
  readonly turnId: string;
  readonly language: Language;
  /** `SURFACES_PERMISSION_TTL`, in milliseconds; an agent's own limit may be shorter. */
  readonly ttlMs: number;
};

/** After the end of a question's time the sweep settles it; the lane is looked at a little later. */
const SETTLED_LATER_MS = 5_000;

/**
 * The permissions that an agent asks for in one turn. A question and its answer are rows, so that the turn may wait for
 * hours without anybody holding it: whoever follows the turn next, gets the same requests again and finds them asked,
 * or answered. Only the answer is told to the agent, and telling it twice is telling it once.
 */
export class AgentQuestions {
  readonly #options: AgentQuestionsOptions;
  readonly #open = new Map<string, Question>();
  #asked = false;

  constructor(options: AgentQuestionsOptions) {
    this.#options = options;
  }

  /** The agent waits for the person, and the person has not answered. */
  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  /** Until the first of the open questions is surely settled, in milliseconds. */
  get waitMs(): number {
    const ends = [...this.#open.values()].map(({ expiresAt }) => expiresAt.getTime());
    return Math.max(0, Math.min(...ends) - Date.now()) + SETTLED_LATER_MS;
  }

  /** @throws SurfacesError `agent_unavailable`, or what the homeserver says against the question's message. */
  async take(event: TurnEvent): Promise<void> {
    if (event.type === 'permission.request') await this.#ask(event);
    if (event.type === 'permission.resolved') this.#open.delete(this.#idOf(event.permission_id));
  }

  /** Who writes on while a question is open is told, once, that it comes first: it might have scrolled out of sight. */
  async remind(): Promise<void> {
    const { database, about, lane, seq, language } = this.#options;
    const question = [...this.#open.values()].find(({ eventId }) => eventId !== null);
    if (!question || !(await isAnythingBehind(database.run, lane, seq))) return;
    const { id, title } = question;
    if (!(await tellOnce(database, about.room, about.sender, `first ${id}`, id))) return;
    const op = opId('first', id);
    const text = say(language, 'question_first', { title });
    await this.#options.say({ chat: about.room, say: { type: 'saying', op, kind: 'notice', text } });
  }

  /** The turn is over: what is still open is not asked any more. @returns what then stands in the questions' places. */
  async close(): Promise<Utterance[]> {
    const { database, about } = this.#options;
    const outcomes: Utterance[] = [];
    if (!this.#options.resumed && !this.#asked) return [];
    for (const { id, state, settledBy } of await questionsOf(database, about.event)) {
      // Settled by this very turn before its worker was killed: its message is still to say so.
      const ours = state === 'open' || settledBy === about.event;
      const settled = ours ? await settleQuestion(database, id, 'expired', about.event) : null;
      if (settled) outcomes.push(outcomeMessage(settled));
    }
    return outcomes;
  }

  async #ask(request: PermissionRequest): Promise<void> {
    this.#asked = true;
    const { database, about, language, ttlMs, lane } = this.#options;
    const title = request.title.replace(/\s+/g, ' ').trim();
    const alwaysOffered = request.options.some(({ kind }) => kind === 'allow_always');
    if (alwaysOffered && (await this.#isAllowedForGood(title))) return this.#answer(request, 'allowed', null);
    // Both by the agent's clock, which need not be ours.
    const leftMs = Date.parse(request.expires_at) - request.at;
    const question = await askQuestion(database, {
      id: this.#idOf(request.permission_id),
      roomId: about.room,
      person: about.sender,
      title,
      subject: { kind: 'permission', lane, alwaysOffered },
      language,
      cause: about.event,
      ...(about.thread === undefined ? {} : { thread: about.thread }),
      ttlMs: Number.isFinite(leftMs) ? Math.min(ttlMs, leftMs) : ttlMs,
    });
    if (question.state !== 'open') return this.#answer(request, question.state, question.reason);
    this.#open.set(question.id, question);
    if (question.eventId === null) await this.#options.say(questionMessage(question, textOf(request, title, language)));
  }

  async #answer(request: PermissionRequest, state: 'allowed' | 'rejected' | 'expired', reason: string | null) {
    const { agent, sessionId: session_id, turnId: turn_id, about } = this.#options;
    const option = optionFor(state, request.options);
    try {
      await agent.request('permission.respond', {
        session_id,
        turn_id,
        permission_id: request.permission_id,
        ...(option ? { outcome: 'selected', option_id: option.option_id } : { outcome: 'cancelled' }),
        by: about.sender,
        ...(reason === null ? {} : { reason }),
      });
    } catch (error) {
      // The agent has given up waiting, or ended: its next events say so.
      if (!(error instanceof AgentRefusal && error.protocolCode === 'permission_closed')) throw error;
    }
  }

  async #isAllowedForGood(title: string): Promise<boolean> {
    const { database, about } = this.#options;
    const allowances = await allowancesOf(database, about.room, about.sender);
    return allowances.some((allowance) => allowance.title === title);
  }

  #idOf(permissionId: string): string {
    return opId('ask', this.#options.turnId, permissionId);
  }
}

/**
 * What the agent is told. For good is remembered on our side, where it can be taken back: the agent hears “this once”
 * each time, if it knows that.
 */
function optionFor(
  state: 'allowed' | 'rejected' | 'expired',
  options: readonly PermissionOption[],
): PermissionOption | undefined {
  const first = (...kinds: PermissionOption['kind'][]) =>
    kinds.map((kind) => options.find((option) => option.kind === kind)).find(Boolean);
  if (state === 'allowed') return first('allow_once', 'allow_always');
  return state === 'rejected' ? first('reject_once', 'reject_always') : undefined;
}

function textOf({ description }: PermissionRequest, title: string, language: Language): string {
  const what = say(language, 'permission_question', { title });
  return description ? `${what}\n\n${say(language, 'permission_description', { description })}` : what;
}
