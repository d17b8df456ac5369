import { always, oneOf, optionalCount, optionalToken, text, url, variable } from './variable.ts';
import { z } from './zod.ts';

/** Of the agent host with `AGENT=openai`. */
export const OPENAI_VARIABLES = {
  OPENAI_BASE_URL: variable({
    meaning: 'with AGENT=openai, the server: Ollama, llama.cpp, vLLM, LiteLLM, or a cloud',
    example: 'http://127.0.0.1:11434/v1',
    parse: url('http:', 'https:'),
  }),
  OPENAI_API_KEY: variable({
    meaning: 'with AGENT=openai, its key; empty for a server that asks for none',
    example: 'sk-…',
    secret: true,
    ...always(''),
    parse: optionalToken,
  }),
  OPENAI_MODEL: variable({
    meaning: 'with AGENT=openai, the model, as the server calls it',
    example: 'qwen3:8b',
    parse: text,
  }),
  OPENAI_SYSTEM_PROMPT: variable({
    meaning: 'with AGENT=openai, what the model is told first; `…_FILE` names a file with it',
    example: 'You are a helpful assistant in a chat. Answer briefly, in Markdown.',
    ...always('You are a helpful assistant in a chat room. Answer in Markdown, in the language that you are asked in.'),
    parse: z.string(),
  }),
  OPENAI_TEMPERATURE: variable({
    meaning: 'with AGENT=openai, how freely it chooses its words; empty: as the server has it',
    example: '0.7',
    ...always(''),
    parse: z
      .string()
      .regex(/^$|^\d(\.\d+)?$/, 'is not a number between 0 and 2')
      .transform((value) => (value === '' ? undefined : Number(value))),
  }),
  OPENAI_MAX_TOKENS: variable({
    meaning: 'with AGENT=openai, the longest answer in tokens; empty: as the server has it',
    example: '2000',
    ...always(''),
    parse: optionalCount,
  }),
  OPENAI_CONTEXT_TOKENS: variable({
    meaning:
      'with AGENT=openai, the window of the model in tokens: above it the oldest turns are left out; empty: the server is to say',
    example: '32768',
    ...always(''),
    parse: optionalCount,
  }),
  OPENAI_IMAGES: variable({
    meaning: 'with AGENT=openai, whether the model sees pictures',
    example: 'yes',
    ...always('no'),
    parse: oneOf('yes', 'no').transform((value) => value === 'yes'),
  }),
  OPENAI_TOOLS: variable({
    meaning: 'with AGENT=openai, whether it may work with the files of its room; each write asks the person',
    example: 'no',
    ...always('yes'),
    parse: oneOf('yes', 'no').transform((value) => value === 'yes'),
  }),
  OPENAI_SUMMARIZE: variable({
    meaning: 'with AGENT=openai, whether turns that are left out are summed up by one more request',
    example: 'yes',
    ...always('no'),
    parse: oneOf('yes', 'no').transform((value) => value === 'yes'),
  }),
};
