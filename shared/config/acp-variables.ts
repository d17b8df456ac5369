import { always, text, variable } from './variable.ts';
import { z } from './zod.ts';

const words = z.string().transform((value) => value.split(/\s+/).filter(Boolean));

/** Of the agent host with `AGENT=acp`. */
export const ACP_VARIABLES = {
  ACP_COMMAND: variable({
    meaning: 'with AGENT=acp, the agent’s program and its arguments, divided by spaces; no shell reads them',
    example: 'opencode acp',
    parse: text.pipe(words),
  }),
  ACP_ENV: variable({
    meaning:
      'with AGENT=acp, which variables of agent-host’s environment its program sees, divided by spaces or commas',
    example: 'ANTHROPIC_API_KEY',
    ...always(''),
    parse: z.string().transform((value) => value.split(/[\s,]+/).filter(Boolean)),
  }),
  ACP_MODE: variable({
    meaning: 'with AGENT=acp, the mode that is set in each session; empty: the agent’s own',
    example: 'default',
    ...always(''),
    parse: z.string(),
  }),
  ACP_MODEL: variable({
    meaning: 'with AGENT=acp, the model that is set in each session; empty: the agent’s own',
    example: 'sonnet',
    ...always(''),
    parse: z.string(),
  }),
};
