import type { Greeting } from './greeting.ts';
import type { BehaviourName, Prompts } from './prompts.ts';
import type { RawClient } from './raw-client.ts';

/** What a rule is tried with. */
export type Trial = {
  readonly url: string;
  readonly token: string;
  /** What the host said of itself. */
  readonly greeting: Greeting;
  /** How long an answer, or an event, may take, in ms. */
  readonly patienceMs: number;
  /** Connected and greeted; closed when the rule is done. */
  readonly client: (instance?: string) => Promise<RawClient>;
  /** Connected only. */
  readonly connect: (token?: string) => Promise<RawClient>;
  /** The words that make the agent show a behaviour that the rule needs. */
  readonly prompt: (name: BehaviourName) => string;
  /** All that there are, for rules that can make use of more. */
  readonly prompts: Prompts;
  /** For rules with `restarts`: the host is killed and started again, once for all. @returns when it began to, as `performance.now`. */
  readonly restart: () => Promise<number>;
};

export type Rule = {
  /** One sentence, as it could stand in the protocol's document. */
  readonly rule: string;
  /** Where it stands in docs/AGENT-PROTOCOL.md: a heading, and what of it, if there is much under it. */
  readonly section: string;
  /** What goes wrong with a host that does not keep it, in one sentence. */
  readonly why: string;
  /** Behaviours of the agent that it takes to see. */
  readonly needs?: readonly BehaviourName[];
  /** Why it says nothing about a host with this greeting, if so: “the host does not promise snapshots”. */
  readonly exempts?: (greeting: Greeting) => string | false;
  /** It mainly waits, and does so beside the others. */
  readonly waits?: true;
  /** It is about a host that was killed. */
  readonly restarts?: true;
  /** @throws Breach where the host does not keep the rule; NotTried where nothing could be seen. */
  readonly check: (trial: Trial) => Promise<void>;
  /** Looks at all that any client of any rule sent and got, unless the rule is exempted. @throws Breach */
  readonly watch?: (client: RawClient, greeting: Greeting) => void;
};
