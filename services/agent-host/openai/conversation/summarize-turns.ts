import type { Hearing, ModelClient } from '../completions/model-client.ts';
import { ModelError } from '../http/model-error.ts';
import type { OpenaiSettings } from '../openai-settings.ts';
import type { Conversation, PastTurn } from './conversation.ts';

/** Of all that is to be summarised, in characters; never more than fits into the window that it has to fit into. */
const MOST_CHARACTERS = 24_000;
/** Of one message: of many, each has less, so that something of each is there. */
const MOST_OF_ONE = 1_500;
const LEAST_OF_ONE = 80;
/** Of the summary. */
const MOST_TOKENS = 800;
const MOST_SUMMARY = 4_000;

const TASK =
  'Summarise the conversation below for the assistant, who will go on with it and has nothing else of it. Keep names, ' +
  'numbers, file paths, decisions and open questions. Use at most ten sentences. Answer with the summary alone.';

/**
 * What is to be remembered of turns that no longer fit, by one request to the same model.
 * @returns null where it could not be made; that ends no turn.
 * @throws the signal's reason.
 */
export async function summarizeTurns(
  client: ModelClient,
  { contextTokens }: Pick<OpenaiSettings, 'contextTokens'>,
  { left_out }: Pick<Conversation, 'left_out'>,
  turns: readonly PastTurn[],
  { counts }: Pick<Hearing, 'counts'>,
  signal: AbortSignal,
): Promise<string | null> {
  const most = Math.min(MOST_CHARACTERS, contextTokens ?? MOST_CHARACTERS);
  const before = left_out?.summary ? `Summary of what was before:\n${left_out.summary}\n\n` : '';
  const left = Math.max(0, most - before.length);
  const text = before + transcript(turns, left).slice(0, left);
  const maxTokens = Math.min(MOST_TOKENS, Math.floor((contextTokens ?? Number.POSITIVE_INFINITY) / 8));
  try {
    const { text: summary } = await client.ask(
      { messages: [{ role: 'user', content: `${TASK}\n\n${text}` }], tools: [], maxTokens, callPrefix: 'summary' },
      { text: () => {}, thought: () => {}, waits: () => {}, counts },
      signal,
    );
    return summary.trim().slice(0, MOST_SUMMARY) || null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModelError) return null;
    throw error;
  }
}

/** About as long as `most`, in characters. */
function transcript(turns: readonly PastTurn[], most: number): string {
  const lines = turns.flatMap(({ input, steps }) => [
    { who: 'Person', text: input.map((block) => (block.type === 'text' ? block.text : `[${block.path}]`)).join('\n') },
    ...steps.flatMap(({ text, calls }) => [
      ...(text ? [{ who: 'Assistant', text }] : []),
      ...calls.map(({ name, arguments: given, result }) => ({
        who: `Tool ${name} ${given.slice(0, 80)}`,
        text: result,
      })),
    ]),
  ]);
  const each = Math.min(MOST_OF_ONE, Math.max(LEAST_OF_ONE, Math.floor(most / lines.length)));
  return lines
    .map(({ who, text }) => `${who}: ${text.length > each ? `${text.slice(0, each)} […]` : text}`)
    .join('\n\n');
}
