import { always, duration, oneOf, variable } from './variable.ts';
import { z } from './zod.ts';

/** What the agent host of this project runs. */
export const AGENT_VARIABLES = {
  AGENT: variable({
    meaning:
      'what the agent host of this project runs: its scripted demo, a model behind an OpenAI-compatible server, or an agent of the Agent Client Protocol',
    example: 'openai',
    development: 'demo',
    parse: oneOf('demo', 'openai', 'acp'),
  }),
  AGENTS: variable({
    meaning: 'several agents in place of AGENT, as JSON (docs/AGENTS.md); `AGENTS_FILE` names a file with it',
    example: '{"agents": {"helper": {"kind": "openai", …}}}',
    secret: true,
    ...always(''),
    parse: z.string(),
  }),
  AGENT_DRAIN: variable({
    meaning: 'how long the agent host lets running turns go on when it is stopped; new ones wait meanwhile',
    example: '2m',
    development: '5s',
    production: '20s',
    parse: duration,
  }),
};
