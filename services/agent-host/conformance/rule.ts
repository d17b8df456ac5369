import type { RawClient } from './raw-client.ts';

/** What a rule is tried with. */
export type Trial = {
  readonly url: string;
  readonly token: string;
  /** Greeted; closed when the rule is done. */
  readonly client: () => Promise<RawClient>;
  /** A session and a workspace of the rule's own, opened by this client. */
  readonly session: (client: RawClient) => Promise<string>;
  /** Texts that make the agent behave as a rule needs it. */
  readonly prompts: { readonly short: string; readonly long: string };
};

export type Rule = {
  /** One sentence, as it stands in the protocol's document. */
  readonly rule: string;
  /** Only for an agent that knows the demo agent's script. */
  readonly needsScript?: true;
  /** @throws Error where the host does not keep the rule. */
  readonly check: (trial: Trial) => Promise<void>;
};

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** The rule's field by field comparison, in words. */
export function expectFields(frame: Readonly<Record<string, unknown>>, fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    expect(frame[name] === value, `${name} should be ${JSON.stringify(value)}, in ${JSON.stringify(frame)}`);
  }
}

export function text(words: string): { type: 'text'; text: string }[] {
  return [{ type: 'text', text: words }];
}
