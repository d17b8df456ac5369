import { contextUsage } from '../../../../shared/agent-protocol/content.ts';
import { z } from '../../../../shared/config/zod.ts';
import { cutText } from './cut-text.ts';

const saying = z.object({
  role: z.enum(['user', 'agent']),
  text: z.string(),
  /** It was stopped, or broke off, before its end. */
  interrupted: z.boolean().optional(),
});
const conversation = z.object({
  /** The agent's own id of the conversation; without it the agent knows nothing of it. */
  acpSession: z.string().optional(),
  /** What was said, the oldest first; its beginning is missing when it became too long. */
  transcript: z.array(saying).default([]),
  context: contextUsage.optional(),
  /** What it has cost since it began, as the agent last told. */
  cost: z.object({ amount: z.number(), currency: z.string() }).optional(),
  /** The message whose answer failed, which a client may send again. */
  unanswered: z.string().optional(),
});
export type Conversation = z.infer<typeof conversation>;
export type Saying = z.infer<typeof saying>;

/** Characters of a transcript, and of one message in it. */
const TRANSCRIPT = 256 * 1024;
const MESSAGE = 64 * 1024;

/** Anything that is no conversation of ours is one that begins. */
export function readConversation(kept: unknown): Conversation {
  const read = conversation.safeParse(kept);
  return read.success ? read.data : { transcript: [] };
}

/** @param text what the message says; files stand in it by their paths. */
export function withMessage(before: Conversation, text: string): Conversation {
  // The same message once more, since its answer failed: it was said once.
  const { unanswered, ...kept } = before;
  const said = unanswered === text ? before.transcript.slice(0, lastMessage(before)) : before.transcript;
  return { ...kept, transcript: fitting([...said, { role: 'user', text: cutText(text, MESSAGE) }]) };
}

export function withAnswer(before: Conversation, text: string, interrupted = false): Conversation {
  if (text === '' && !interrupted) return before;
  const answer: Saying = { role: 'agent', text: cutText(text, MESSAGE), ...(interrupted && { interrupted }) };
  return { ...before, transcript: fitting([...before.transcript, answer]) };
}

function lastMessage({ transcript }: Conversation): number {
  const at = transcript.findLastIndex(({ role }) => role === 'user');
  return at === -1 ? transcript.length : at;
}

/** Whole messages are left out, from the oldest on; the newest two stay in any case. */
function fitting(transcript: readonly Saying[]): Saying[] {
  let length = transcript.reduce((sum, { text }) => sum + text.length, 0);
  let first = 0;
  while (length > TRANSCRIPT && first < transcript.length - 2) length -= transcript[first++]!.text.length;
  return transcript.slice(first);
}
