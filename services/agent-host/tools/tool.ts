import type { AgentTurn } from '../adapter.ts';

/** What a tool works with: the turn that called it. */
export type ToolCall = Pick<AgentTurn, 'workspace' | 'offer' | 'signal'> & {
  /** The arguments as the model gave them, parsed from JSON; anything. */
  readonly arguments: unknown;
};

/** Something that a model may call. Its answer is text for the model, also where it did not work. */
export type Tool = {
  /** As the model calls it: `[a-z_]+`. */
  readonly name: string;
  /** For the model: what it does, what it gives, its limits. */
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What a person sees while it runs, in one line: “reads report.pdf”. Never throws, whatever the arguments. */
  title(args: unknown): string;
  /**
   * What a person is asked to allow before it runs, in one line, with all that matters in it; null where it needs no
   * permission, as with arguments that it will refuse. Whoever was allowed runs it with these same arguments. Never throws.
   */
  permission(args: unknown): string | null;
  /**
   * Never throws for what the model got wrong: it says so in its answer.
   * @throws the signal’s reason once the turn was cancelled; anything else is a defect.
   */
  run(call: ToolCall): Promise<string>;
};

/** Where tools come from. What a source has may change from turn to turn; during one turn a model has what it began with. */
export type ToolSource = {
  /** Within ten seconds; a server that does not answer has no tools then, which is in the log. Never throws. */
  readonly tools: () => Promise<readonly Tool[]>;
  /** For `doctor`: what is there, or what is wrong, a line for each; nothing where there is nothing to tell. */
  readonly check: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
};
