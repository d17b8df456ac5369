import type { OfferedAgent } from '../../shared/agent-protocol/content.ts';
import type { Adapter } from './adapter.ts';
import { Refusal } from './refusal.ts';
import type { SessionRecord } from './session.ts';

/** One that sessions may have. */
export type NamedAgent = {
  /** By which it is asked for: `[a-z0-9][a-z0-9_-]*`, 32 characters at most. */
  readonly name: string;
  /** For people, in one line. */
  readonly description?: string;
  readonly adapter: Adapter;
};

/** The agents of a host. */
export class Agents {
  readonly #byName: ReadonlyMap<string, NamedAgent>;
  readonly #default: NamedAgent;

  /** @param agents at least one; the first is the default. */
  constructor(agents: readonly NamedAgent[]) {
    this.#byName = new Map(agents.map((agent) => [agent.name, agent]));
    this.#default = agents[0]!;
  }

  get all(): readonly NamedAgent[] {
    return [...this.#byName.values()];
  }

  get default(): NamedAgent {
    return this.#default;
  }

  /** @throws Refusal `unknown_agent`. */
  named(name: string | undefined): NamedAgent {
    if (name === undefined) return this.#default;
    const agent = this.#byName.get(name);
    if (agent) return agent;
    throw new Refusal('unknown_agent', `this host offers no agent of the name ${JSON.stringify(name)}`);
  }

  /** That of a session: the one it was opened with, or the default of today. @throws Refusal `unknown_agent`. */
  of({ agent }: Pick<SessionRecord, 'agent'>): NamedAgent {
    return this.named(agent);
  }

  /** For the handshake; nothing where there is no choice. */
  get offered(): OfferedAgent[] | undefined {
    if (this.#byName.size < 2) return undefined;
    return this.all.map(({ name, description, adapter }) => ({
      name,
      ...(adapter.agent.name !== name && { title: adapter.agent.name }),
      ...(description !== undefined && { description }),
      capabilities: adapter.capabilities,
    }));
  }
}

/** What an adapter may read of a session's record: what one of its own kind kept. */
export function readableConversation({ conversation, kind }: SessionRecord, adapter: Adapter): unknown {
  return kind === undefined || kind === adapter.kind ? conversation : undefined;
}
