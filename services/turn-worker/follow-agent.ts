import { TurnDetached } from '../../shared/agent-protocol/agent-refusal.ts';
import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { ContextUsage, InputBlock, Usage } from '../../shared/agent-protocol/content.ts';
import type { AnswerStream, Outcome } from '../../shared/delivery/answer-stream.ts';
import { codeOf, describe } from '../../shared/errors/surfaces-error.ts';
import { isCancelled } from '../../shared/lane/is-cancelled.ts';
import { Parked } from '../../shared/lane/park.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { traceparent } from '../../shared/runtime/tracing.ts';
import { applyEvent, emptyView, type TurnStatus } from '../../shared/surface/turn-view.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';
import type { AgentFiles } from './agent-files.ts';
import type { AgentQuestions } from './agent-questions.ts';
import { eventsOrQuiet } from './events-or-quiet.ts';
import type { Outage } from './outage.ts';
import { outcomeOf, outcomeOfFailure, stopped } from './turn-outcome.ts';

export type AgentTurn = {
  readonly sessionId: string;
  readonly turnId: string;
  readonly input: readonly InputBlock[];
  readonly language: Language;
  readonly idleTimeoutMs: number;
  /** How long an agent host may be away, the person being told so, until turns fail with `agent_unavailable`. */
  readonly patienceMs: number;
  readonly outage: Outage;
  /** Its reason: `{ cancel: true }` where the person stopped the turn; anything else means that the lane is lost. */
  readonly signal: AbortSignal;
};

/** Who is told of what. */
type Followers = {
  readonly stream: AnswerStream;
  readonly questions: AgentQuestions;
  readonly files: AgentFiles;
  /** The agent has said something. */
  readonly onHeard: () => void;
  /** What the person is to be told beside the answer, and for longer than it streams. */
  readonly onWarning: (text: string) => void;
  /** How full the context is, whenever the agent tells. */
  readonly onContext: (context: ContextUsage) => void;
  /** What the turn has used from its beginning, whenever the agent tells. */
  readonly onUsage: (usage: Usage) => void;
  readonly log: Log;
};

/**
 * Runs one agent turn and shows it while it runs. The turn id makes a repetition an attach, so this may be called again
 * for the same turn, by any worker, until it has ended.
 * @throws Parked where the turn waits for nothing but the person's answers: it goes on at the host, and is to be followed
 * again when one comes.
 * @throws TurnDetached where the lane was lost or the process stops: the turn goes on at the host.
 */
export async function followAgent(
  agent: AgentConnection,
  turn: AgentTurn,
  { stream, questions, files, onHeard, onWarning, onContext, onUsage, log }: Followers,
): Promise<Outcome> {
  const { signal, language, outage } = turn;
  // A second try replays the turn from its start; what stands in the room must not grow shorter meanwhile.
  let shown = '';
  for (;;) {
    let view = emptyView;
    const parking = new AbortController();
    try {
      const followed = {
        ...turn,
        workspace: turn.sessionId,
        traceparent: traceparent(),
        signal: AbortSignal.any([signal, parking.signal]),
      };
      for await (const event of eventsOrQuiet(agent.runTurn(followed), () => questions.isWaiting)) {
        if (event === 'quiet') {
          if (!stream.isCaughtUp || signal.aborted) continue;
          await questions.remind();
          parking.abort({ cancel: false, why: 'parked' });
          throw new Parked(questions.waitMs);
        }
        outage.isOver();
        onHeard();
        view = applyEvent(view, event);
        if ((event.type === 'usage.update' || event.type === 'turn.ended') && event.usage) onUsage(event.usage);
        if (event.type === 'turn.ended') {
          // A host that was killed may have logged a little less than it had said.
          const text = view.text.length < shown.length ? shown : view.text;
          return isCancelled(signal) ? stopped(text, language) : outcomeOf(event, text, language);
        }
        if (event.type === 'permission.request' || event.type === 'permission.resolved') await questions.take(event);
        if (event.type === 'notice' && event.severity !== 'info') onWarning(event.text);
        if (event.type === 'usage.update' && event.context) onContext(event.context);
        if (event.type === 'file.offer') files.take(event, view.text.length);
        if (view.text.length < shown.length) continue;
        shown = view.text;
        stream.update({ text: shown, status: view.status && statusLine(view.status, shown, language) });
      }
      throw new TurnDetached(turn.turnId);
    } catch (error) {
      if (error instanceof Parked) throw error;
      if (isCancelled(signal)) return stopped(shown, language);
      if (error instanceof TurnDetached || signal.aborted) throw error;
      log.warn({ err: error, code: codeOf(error) }, `the agent’s turn could not be followed: ${describe(error)}`);
      if (codeOf(error) === 'agent_timeout') return outcomeOfFailure(error, shown, language, turn.idleTimeoutMs);
      if (codeOf(error) !== 'agent_unavailable') return outcomeOfFailure(error, shown, language);
      const away = outage.goesOn();
      if (away > turn.patienceMs) return outcomeOfFailure(error, shown, language, away);
      stream.update({ text: shown, status: say(language, 'agent_waiting') });
    }
  }
}

/** Null where there is nothing to add: a question that waits stands in the room as a message of its own. */
function statusLine(status: TurnStatus, text: string, language: Language): string | null {
  switch (status.kind) {
    case 'thinking':
      return say(language, 'thinking');
    case 'tool':
      return say(language, 'running_tool', { title: status.title });
    case 'plan':
      return say(language, 'plan_step', { number: status.number, of: status.of, step: status.step });
    case 'permission':
      return text === '' ? null : say(language, 'waiting_permission', { title: status.title });
    case 'notice':
      return say(language, 'agent_notice', { notice: status.text });
  }
}
