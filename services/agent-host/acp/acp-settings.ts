import type { Patience } from './process/patience.ts';

/** An agent that speaks the Agent Client Protocol over stdio, and how it is run. */
export type AcpSettings = {
  /** What people see as the agent's name. */
  readonly name: string;
  /** Program and arguments; no shell reads them. The program is looked up in the PATH. */
  readonly command: readonly string[];
  /** All that the process has of an environment, beside PATH, LANG, TMPDIR, TERM, HOME and the XDG folders. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute: the agent's own HOME, where its login, its configuration and its sessions are. Made if it is missing. */
  readonly home: string;
  /** Set in every session, by its id; the mode in which writes ask first, for agents that have one. */
  readonly mode?: string;
  /** Set in every session, by its id; the agent's own choice without it. */
  readonly model?: string;
  /** As `session/new` takes them; they see what the agent sees. */
  readonly mcpServers?: readonly unknown[];
  /** Conversations that one process ever takes; 10 unless it is given, since agents free little. 1: a process for each. */
  readonly sessionsPerProcess?: number;
  /** 4 unless it is given. */
  readonly maxProcesses?: number;
  /** Of a process with its children. Beyond it the process ends after its turns, beyond twice of it at once. Linux only. */
  readonly memoryLimitBytes?: number;
  /** A process without a turn for so long is ended; 10 min unless it is given. Conversations come back by `session/load`. */
  readonly idleMs?: number;
  /** Of one turn, without the time in which a person is asked. */
  readonly turnTimeoutMs: number;
  /** Tool calls in one turn, and messages in one turn; 200 unless it is given. Some agents never stop by themselves. */
  readonly maxToolCalls?: number;
  /** Whether people see what the agent thinks; true unless it is given. */
  readonly showThoughts?: boolean;
  readonly patience?: Partial<Patience>;
};
