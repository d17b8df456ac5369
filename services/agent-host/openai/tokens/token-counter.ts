import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Encoding, encodingOfModel } from './encoding-of-model.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { textPieces } from './text-pieces.ts';

/** How many tokens a text has. */
export type TokenCounter = {
  /** Counts of counters with the same name can be compared. */
  readonly name: string;
  /** Never holds up the process for long, whatever the text. */
  readonly count: (text: string) => number | Promise<number>;
};

export const ESTIMATE = { name: 'estimate', count: estimateTokens } satisfies TokenCounter;

/** Work without a pause, in ms. */
const LONGEST_WORK = 8;
const PLAIN_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

const TABLES = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
} satisfies Record<Encoding, unknown>;
const counters = new Map<Encoding, Promise<TokenCounter>>();

/**
 * A tokenizer with the model's own vocabulary where that is known, else the estimate. The tables of a vocabulary are loaded with
 * the first call that asks for it, once in a process.
 */
export async function counterFor(model: string): Promise<TokenCounter> {
  const encoding = encodingOfModel(model);
  if (!encoding) return ESTIMATE;
  const counter = counters.get(encoding) ?? tokenizer(encoding);
  counters.set(encoding, counter);
  return counter;
}

async function tokenizer(encoding: Encoding): Promise<TokenCounter> {
  const { countTokens, setMergeCacheSize } = await TABLES[encoding]();
  // It would keep words of people in memory, and with each word the whole text in which it stood.
  setMergeCacheSize(0);
  let since = performance.now();
  return {
    name: encoding,
    async count(text) {
      let tokens = 0;
      for (const piece of textPieces(text)) {
        if (performance.now() - since > LONGEST_WORK) {
          await nextTurn();
          since = performance.now();
        }
        tokens += countTokens(piece, PLAIN_TEXT);
      }
      return tokens;
    },
  };
}
