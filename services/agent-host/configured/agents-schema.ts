import { duration, size } from '../../../shared/config/variable.ts';
import { z } from '../../../shared/config/zod.ts';
import { mcpServers } from '../mcp/mcp-server.ts';

const EXAMPLE = '{"agents": {"helper": {"kind": "openai", "url": "http://127.0.0.1:11434/v1", "model": "qwen3:8b"}}}';
/** A word without spaces that a person can type behind `!agent`. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

const filled = (what: string) => z.string({ error: `has to be ${what}` }).min(1, { error: `has to be ${what}` });
const yesOrNo = z.boolean({ error: 'has to be true or false' }).optional();
const whole = (what: string) =>
  z
    .number({ error: `has to be ${what}` })
    .int({ error: `has to be ${what}` })
    .min(1)
    .max(1e9)
    .optional();

/** What people see: `title` in place of the name, and a line about it in `!agent`. */
const shown = {
  title: filled('what people call it, such as "Coder"').max(255).optional(),
  description: filled('one line about it').max(1_024).optional(),
};

const demo = z.strictObject({ kind: z.literal('demo'), ...shown });

const openai = z.strictObject({
  kind: z.literal('openai'),
  ...shown,
  url: filled('the server’s address up to and with /v1'),
  key: z.string({ error: 'has to be a text; best {"$env": "NAME"} or {"$file": "/run/secrets/name"}' }).optional(),
  model: filled('the model, as the server calls it'),
  systemPrompt: z.string({ error: 'has to be a text' }).optional(),
  temperature: z.number({ error: 'has to be a number between 0 and 2' }).min(0).max(2).optional(),
  maxTokens: whole('the longest answer in tokens'),
  contextTokens: whole('the window of the model in tokens'),
  images: yesOrNo,
  tools: yesOrNo,
  summarize: yesOrNo,
  thoughts: yesOrNo,
  /** For a million tokens. */
  price: z
    .strictObject({
      input: z.number().nonnegative(),
      output: z.number().nonnegative(),
      /** Of input that the server had read before. */
      cachedInput: z.number().nonnegative().optional(),
      currency: z.string().regex(/^[A-Z]{3}$/, 'has to be like "USD"'),
    })
    .optional(),
  mcp: mcpServers.optional(),
});

const acp = z.strictObject({
  kind: z.literal('acp'),
  ...shown,
  command: z
    .array(filled('a text'), { error: 'has to be a list of texts, such as ["opencode", "acp"]' })
    .min(1, 'has to name a program'),
  env: z
    .record(z.string(), z.string({ error: 'has to be a text' }), { error: 'has to be an object of texts' })
    .optional(),
  mode: filled('a mode of the agent, such as "default"').optional(),
  model: filled('a model of the agent').optional(),
  thoughts: yesOrNo,
  sessionsPerProcess: whole('a number of conversations'),
  processes: whole('a number of processes'),
  memory: z.string({ error: 'has to be a size, such as "2G"' }).pipe(size).optional(),
  idle: z.string({ error: 'has to be a duration, such as "10m"' }).pipe(duration).optional(),
  toolCalls: whole('a number of tool calls'),
  /** As the protocol takes them. */
  mcpServers: z.array(z.unknown()).optional(),
});

const agent = z.discriminatedUnion('kind', [demo, openai, acp], {
  error: 'has to be "openai", "acp" or "demo"',
});
export type AgentDefinition = z.output<typeof agent>;
export type OpenaiDefinition = z.output<typeof openai>;
export type AcpDefinition = z.output<typeof acp>;

/** What `AGENTS` holds: agents by name, in the order in which people see them, and which of them is the default. */
export const agentsSchema = z
  .strictObject(
    {
      default: filled('the name of one of the agents').optional(),
      agents: z.record(z.string(), agent, { error: `has to be an object of agents; for example ${EXAMPLE}` }),
    },
    { error: `has to be an object; for example ${EXAMPLE}` },
  )
  .superRefine(({ default: chosen, agents }, context) => {
    const names = Object.keys(agents);
    if (names.length === 0 || names.length > 64)
      context.addIssue({ code: 'custom', path: ['agents'], message: 'has to have between 1 and 64 agents' });
    if (chosen !== undefined && !names.includes(chosen))
      context.addIssue({ code: 'custom', path: ['default'], message: `is none of ${names.join(', ')}` });
    for (const name of names.filter((one) => !NAME.test(one)))
      context.addIssue({
        code: 'custom',
        path: ['agents', name],
        message: 'is no name for an agent: 1 to 32 of a-z, 0-9, _ and -, such as "coder"',
      });
    if (names.some((name) => /^\d+$/.test(name)))
      context.addIssue({
        code: 'custom',
        path: ['agents'],
        message: 'has a name of digits alone: a number picks from the list',
      });
  });
