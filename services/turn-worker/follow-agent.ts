import { TurnDetached } from '../../shared/agent-protocol/agent-refusal.ts';
import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { InputBlock } from '../../shared/agent-protocol/content.ts';
import type { TurnEvent } from '../../shared/agent-protocol/turn-events.ts';
import type { AnswerStream, Outcome } from '../../shared/delivery/answer-stream.ts';
import { codeOf, describe } from '../../shared/errors/surfaces-error.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { applyEvent, emptyView, type TurnStatus } from '../../shared/surface/turn-view.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { say } from '../../shared/texts/say.ts';
import { outcomeOf, outcomeOfFailure, stopped } from './turn-outcome.ts';

/** How long a turn waits for an agent host that is away, telling the person so; then it fails with `agent_unavailable`. */
const PATIENCE_MS = 120_000;

export type AgentTurn = {
  readonly sessionId: string;
  readonly turnId: string;
  readonly input: readonly InputBlock[];
  readonly language: Language;
  readonly idleTimeoutMs: number;
  /** Its reason: `{ cancel: true }` where the person stopped the turn; anything else means that the lane is lost. */
  readonly signal: AbortSignal;
};

/**
 * Runs one agent turn and shows it while it runs. The turn id makes a repetition an attach, so this may be called again
 * for the same turn, by any worker, until it has ended.
 * @throws TurnDetached where the lane was lost or the process stops: the turn goes on at the host.
 */
export async function followAgent(
  agent: AgentConnection,
  turn: AgentTurn,
  stream: AnswerStream,
  log: Log,
): Promise<Outcome> {
  const { signal, language } = turn;
  const begun = performance.now();
  // A second try replays the turn from its start; what stands in the room must not grow shorter meanwhile.
  let shown = '';
  for (;;) {
    let view = emptyView;
    const notes: string[] = [];
    try {
      for await (const event of agent.runTurn({ ...turn, workspace: turn.sessionId })) {
        view = applyEvent(view, event);
        if (event.type === 'turn.ended') {
          // A host that was killed may have logged a little less than it had said.
          const text = view.text.length < shown.length ? shown : view.text;
          return wasStopped(signal) ? stopped(text, language, notes) : outcomeOf(event, text, language, notes);
        }
        const note = declineWhatIsNotThereYet(agent, event, language, log);
        if (note) notes.push(note);
        if (view.text.length < shown.length) continue;
        shown = view.text;
        stream.update({ text: shown, status: view.status && statusLine(view.status, language) });
      }
      throw new TurnDetached(turn.turnId);
    } catch (error) {
      if (wasStopped(signal)) return stopped(shown, language, notes);
      if (error instanceof TurnDetached || signal.aborted) throw error;
      const waited = performance.now() - begun;
      log.warn({ err: error, code: codeOf(error) }, `the agent’s turn could not be followed: ${describe(error)}`);
      if (codeOf(error) === 'agent_timeout') return outcomeOfFailure(error, shown, language, turn.idleTimeoutMs);
      if (codeOf(error) !== 'agent_unavailable' || waited > PATIENCE_MS)
        return outcomeOfFailure(error, shown, language, waited);
      stream.update({ text: shown, status: say(language, 'agent_waiting') });
    }
  }
}

function wasStopped(signal: AbortSignal): boolean {
  return signal.aborted && (signal.reason as { cancel?: boolean } | undefined)?.cancel === true;
}

/** Questions and files of agents are not carried into the room yet: the agent is told no at once, so that nothing hangs. */
function declineWhatIsNotThereYet(
  agent: AgentConnection,
  event: TurnEvent,
  language: Language,
  log: Log,
): string | null {
  const { session_id, turn_id } = event;
  const ask = <T>(answer: Promise<T>) =>
    void answer.catch((error) => log.warn({ err: error }, 'the agent was not told no'));
  if (event.type === 'permission.request') {
    const no =
      event.options.find(({ kind }) => kind === 'reject_once') ??
      event.options.find(({ kind }) => kind === 'reject_always');
    const answer = no ? { outcome: 'selected' as const, option_id: no.option_id } : { outcome: 'cancelled' as const };
    ask(agent.request('permission.respond', { session_id, turn_id, permission_id: event.permission_id, ...answer }));
    return say(language, 'permission_unavailable', { title: event.title });
  }
  if (event.type === 'file.offer') {
    ask(
      agent.request('file.ack', {
        session_id,
        turn_id,
        file_id: event.file_id,
        accepted: false,
        reason: 'files are not carried into the room yet',
      }),
    );
  }
  return null;
}

function statusLine(status: TurnStatus, language: Language): string {
  switch (status.kind) {
    case 'thinking':
      return say(language, 'thinking');
    case 'tool':
      return say(language, 'running_tool', { title: status.title });
    case 'permission':
      return say(language, 'waiting_permission', { title: status.title });
    case 'notice':
      return say(language, 'agent_notice', { notice: status.text });
  }
}
