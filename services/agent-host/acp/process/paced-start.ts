import type { Log } from '../../../../shared/runtime/log.ts';
import { sleep } from '../../../../shared/time/time.ts';
import { AgentFailure } from '../../adapter.ts';
import type { AcpSettings } from '../acp-settings.ts';
import { AgentProcess } from './agent-process.ts';
import type { Patience } from './patience.ts';
import { RestartPace } from './restart-pace.ts';

/** A pause before a new start that a person rather waits for than is told of. */
const SHORT_MS = 3_000;

type Parts = {
  readonly log: Log;
  readonly patience: Patience;
  readonly withoutSecrets: (text: string) => string;
  readonly onFailed: () => void;
};

/** Starts processes of one agent, with pauses when that fails. */
export class PacedStart {
  readonly #settings: AcpSettings;
  readonly #parts: Parts;
  readonly #pace: RestartPace;
  readonly #stopping = new AbortController();

  constructor(settings: AcpSettings, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#pace = new RestartPace(parts.patience.firstPauseMs, parts.patience.longestPauseMs);
  }

  /** @throws AgentFailure `agent_unavailable`, with the operator's words as its cause. */
  async start(): Promise<AgentProcess> {
    const { log, patience, withoutSecrets, onFailed } = this.#parts;
    const { signal } = this.#stopping;
    const { waitMs } = this.#pace;
    if (waitMs > SHORT_MS) throw unavailable(`It does not start. The next try is in ${Math.ceil(waitMs / 1000)} s.`);
    await sleep(waitMs, signal);
    try {
      signal.throwIfAborted();
      const process = await AgentProcess.start(this.#settings, patience, signal);
      const { name, version } = process.abilities;
      log.info({ agent: name, version, pid: process.pid }, 'the agent’s process has started');
      return process;
    } catch (error) {
      if (signal.aborted) throw unavailable('The agent host is stopping.');
      this.#pace.failedToStart();
      onFailed();
      const { message, stderr = '' } = error as Error & { stderr?: string };
      const problem = withoutSecrets(message);
      log.error({ problem, stderr: withoutSecrets(stderr) }, 'the agent’s process does not start');
      throw unavailable('It does not start. Its operator finds the reason in the log.', problem);
    }
  }

  /** A turn was answered: processes of this agent work. */
  works(): void {
    this.#pace.works();
  }

  /** A process that had started ended by itself. */
  crashed(): void {
    this.#pace.crashed();
  }

  /** Ends a start that goes on, and allows no other. */
  stop(): void {
    this.#stopping.abort(new Error('the agent host is stopping'));
  }
}

/** @param cause for the operator. */
function unavailable(message: string, cause?: string): AgentFailure {
  return Object.assign(new AgentFailure('agent_unavailable', `The agent is not available. ${message}`), { cause });
}
