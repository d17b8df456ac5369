import { inputBlock } from '../../../../shared/agent-protocol/content.ts';
import { z } from '../../../../shared/config/zod.ts';

/** A call stands with its result, so that one is never without the other. */
const call = z.object({
  id: z.string(),
  name: z.string(),
  /** Always JSON of an object: some servers parse what they are given back. */
  arguments: z.string(),
  result: z.string(),
});

/** One answer of the model, and what its tools gave. */
const step = z.object({
  text: z.string(),
  calls: z.array(call),
  /** Cut off, or stopped by the person. */
  interrupted: z.literal(true).optional(),
  /** Only while its turn runs: what the model thought before it called its tools. */
  thought: z.object({ field: z.enum(['reasoning_content', 'reasoning']), text: z.string() }).optional(),
});

/** A message of the person, files as paths in the workspace, and all that followed from it. */
const turn = z.object({
  input: z.array(inputBlock),
  steps: z.array(step),
  /** Tokens, by what `counted_by` names, pictures not counted. Absent while it changes: see `measureConversation`. */
  size: z.object({ said: z.number(), results: z.number() }).optional(),
});

const shape = z.object({
  kind: z.literal('openai'),
  turns: z.array(turn),
  /** What no longer fitted. */
  left_out: z.object({ turns: z.number(), summary: z.string().nullable(), tokens: z.number().optional() }).optional(),
  /** Tokens of the system prompt and of what the tools are, as it was last sent with them. */
  head_tokens: z.number().optional(),
  /** The name of the counter that its figures are from; the estimate where it is absent. */
  counted_by: z.string().optional(),
  /** Names of tools that the person has allowed for good. */
  allowed: z.array(z.string()),
  /** What the server counted last, and what the estimate was for the same. */
  measured: z.object({ tokens: z.number(), estimate: z.number() }).optional(),
});

export type PastCall = z.infer<typeof call>;
export type Step = z.infer<typeof step>;
export type PastTurn = z.infer<typeof turn>;
export type Conversation = z.infer<typeof shape>;

const BEGINNING: Conversation = { kind: 'openai', turns: [], allowed: [] };

/** What another adapter left behind is no conversation of this one. */
export function readConversation(stored: unknown): Conversation {
  const parsed = shape.safeParse(stored);
  return parsed.success ? parsed.data : BEGINNING;
}

/** The conversation with another step at the end of its newest turn. */
export function withStep(conversation: Conversation, added: Step): Conversation {
  return changeLast(conversation, (last) => ({ ...last, steps: [...last.steps, added] }));
}

/** What is kept of a turn that is over. */
export function afterTurn(conversation: Conversation): Conversation {
  return changeLast(conversation, (last) => ({
    ...last,
    steps: last.steps.map((past) => {
      const { thought, ...rest } = past;
      return thought ? rest : past;
    }),
  }));
}

/** The newest turn did not fit into the window because of what its tools gave: it would not fit next time either. */
export function withoutResults(conversation: Conversation): Conversation {
  return changeLast(conversation, (last) => ({
    ...last,
    steps: last.steps.map((past) => ({
      ...past,
      calls: past.calls.map((made) => ({ ...made, result: 'The result did not fit and was left out.' })),
    })),
  }));
}

/** The conversation with its newest turn changed, whose size is not known then. */
export function changeLast(conversation: Conversation, change: (last: PastTurn) => PastTurn): Conversation {
  const { turns } = conversation;
  const { size, ...last } = turns.at(-1)!;
  return { ...conversation, turns: [...turns.slice(0, -1), change(last)] };
}
