import { z } from '../../../shared/config/zod.ts';
import { explainFailure } from './explain-failure.ts';
import type { Tool, ToolCall } from './tool.ts';

/** Characters of an answer to arguments of the wrong shape. */
const LONGEST_COMPLAINT = 1_000;

type Plan<Schema extends z.ZodType> = {
  readonly name: string;
  readonly description: string;
  /** Of an object. Properties that are `null` count as absent: that is how some models leave out what is optional. */
  readonly schema: Schema;
  /** @param args `undefined` where they have the wrong shape. */
  readonly title: (args: z.output<Schema> | undefined) => string;
  readonly permission?: (args: z.output<Schema>) => string;
  /** May throw what `explainFailure` explains; anything else it throws reaches the caller. */
  readonly run: (args: z.output<Schema>, call: Pick<ToolCall, 'workspace' | 'offer' | 'signal'>) => Promise<string>;
};

/**
 * A tool whose parts see only arguments of its schema. With any others it needs no permission, touches nothing, and answers
 * what is wrong with them: what a person allowed and what is then done come from one and the same reading of the arguments.
 */
export function makeTool<Schema extends z.ZodType>(plan: Plan<Schema>): Tool {
  const { name, description, schema, title, permission, run } = plan;
  const parse = (args: unknown) => schema.safeParse(withoutNulls(args));
  return {
    name,
    description,
    parameters: parametersOf(schema),
    title: (args) => title(parse(args).data),
    permission(args) {
      const { success, data } = parse(args);
      return success && permission ? permission(data) : null;
    },
    async run(call) {
      call.signal.throwIfAborted();
      const { success, data, error } = parse(call.arguments);
      if (!success) return complaint(name, error);
      try {
        return await run(data, call);
      } catch (failure) {
        const explained = explainFailure(failure);
        if (explained === undefined) throw failure;
        return explained;
      }
    },
  };
}

function withoutNulls(args: unknown): unknown {
  if (args === undefined || args === null) return {};
  if (typeof args !== 'object' || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

function complaint(name: string, { issues }: z.ZodError): string {
  const wrong = issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
  return `The arguments are wrong. ${wrong.join('; ').slice(0, LONGEST_COMPLAINT)}. Correct them and call ${name} again.`;
}

/** JSON Schema without what model servers stumble over, or what says nothing: the dialect, and the largest number there is. */
function parametersOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema, {
    io: 'input',
    override({ jsonSchema }) {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return parameters;
}
