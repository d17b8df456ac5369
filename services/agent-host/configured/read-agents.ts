import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { type AgentDefinition, agentsSchema } from './agents-schema.ts';
import { fillIn } from './fill-in.ts';

export type NamedDefinition = { readonly name: string; readonly definition: AgentDefinition };

/**
 * The agents that a text in JSON describes, the default first; docs/AGENTS.md has the format.
 * @throws SurfacesError `config_invalid` with everything that is wrong at once, and no value in it.
 */
export function readAgents(text: string, environment: NodeJS.ProcessEnv): NamedDefinition[] {
  const problems: string[] = [];
  const given = fillIn(parsed(text), [], environment, problems);
  const read = agentsSchema.safeParse(given);
  if (!read.success)
    for (const { path, message } of read.error.issues) problems.push(`${path.join('.') || 'it'} ${message}`);
  if (problems.length > 0 || !read.success) throw invalid(problems);
  const { default: chosen, agents } = read.data;
  const all = Object.entries(agents).map(([name, definition]) => ({ name, definition }));
  return [...all.filter(({ name }) => name === chosen), ...all.filter(({ name }) => name !== chosen)];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 quotes what it could not read, which may be a key.
    const [, place] = /(at position \d+(?: \(line \d+ column \d+\))?)/.exec((error as Error).message) ?? [];
    throw invalid([`it is no JSON${place ? ` (${place})` : ''}`]);
  }
}

function invalid(problems: readonly string[]): SurfacesError {
  return new SurfacesError(
    'config_invalid',
    `AGENTS does not hold:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
  );
}
