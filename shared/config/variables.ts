import { ACP_VARIABLES } from './acp-variables.ts';
import { AGENT_VARIABLES } from './agent-variables.ts';
import { FILE_VARIABLES } from './file-variables.ts';
import { LIMIT_VARIABLES } from './limit-variables.ts';
import { LOAD_VARIABLES } from './load-variables.ts';
import { OBSERVING_VARIABLES } from './observing-variables.ts';
import { OPENAI_VARIABLES } from './openai-variables.ts';
import { namesOidc, OPS_OIDC_VARIABLES, OPS_PROXY_VARIABLES } from './ops-variables.ts';
import { PEOPLE_VARIABLES } from './people-variables.ts';
import { PROCESS_VARIABLES } from './process-variables.ts';
import { SERVER_VARIABLES } from './server-variables.ts';
import { TURN_VARIABLES } from './turn-variables.ts';
import type { Variable } from './variable.ts';

export type { Variable } from './variable.ts';

/** Every environment variable. Each stands in the file of its family; a family is listed here and in the groups below. */
export const VARIABLES = {
  ...SERVER_VARIABLES,
  ...PEOPLE_VARIABLES,
  ...LIMIT_VARIABLES,
  ...TURN_VARIABLES,
  ...FILE_VARIABLES,
  ...AGENT_VARIABLES,
  ...OPENAI_VARIABLES,
  ...ACP_VARIABLES,
  ...LOAD_VARIABLES,
  ...OBSERVING_VARIABLES,
  ...OPS_PROXY_VARIABLES,
  ...OPS_OIDC_VARIABLES,
  ...PROCESS_VARIABLES,
};

export type VariableName = keyof typeof VARIABLES;
export type ValueOf<Name extends VariableName> = (typeof VARIABLES)[Name] extends Variable<infer T> ? T : never;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that belong together, as the docs, `.env.example` and `surfaces config` show them. */
export type VariableGroup = {
  readonly title: string;
  readonly about: string;
  readonly variables: Readonly<Record<string, Variable<unknown>>>;
  /** Whether they mean anything in an environment; always, where this is not said. */
  readonly applies?: (environment: Environment) => boolean;
};

const several = ({ AGENTS, AGENTS_FILE }: Environment) => Boolean(AGENTS || AGENTS_FILE);
const only = (kind: string) => (environment: Environment) => !several(environment) && environment.AGENT === kind;

export const VARIABLE_GROUPS: readonly VariableGroup[] = [
  {
    title: 'Servers and secrets',
    about: 'What surfaces works with. In development, what is not named is embedded.',
    variables: SERVER_VARIABLES,
  },
  { title: 'The bot and its people', about: 'Who it is, and who may use it.', variables: PEOPLE_VARIABLES },
  { title: 'Limits', about: 'What protects everybody from one.', variables: LIMIT_VARIABLES },
  {
    title: 'Turns and questions',
    about: 'How answers are shown, and how long people and agents are waited for.',
    variables: TURN_VARIABLES,
  },
  { title: 'Files', about: 'How large, how many, how long, and which not.', variables: FILE_VARIABLES },
  {
    title: 'Agents',
    about: 'Of the agent host that comes with surfaces. With a host of your own, leave these out.',
    variables: AGENT_VARIABLES,
    applies: (environment) => several(environment) || Boolean(environment.AGENT),
  },
  {
    title: 'A model as the agent',
    about: 'With AGENT=openai: a server that speaks OpenAI’s protocol.',
    variables: OPENAI_VARIABLES,
    applies: only('openai'),
  },
  {
    title: 'A program as the agent',
    about: 'With AGENT=acp: a program that speaks the Agent Client Protocol.',
    variables: ACP_VARIABLES,
    applies: only('acp'),
  },
  {
    title: 'Load and recovery',
    about: 'How much at once, what after an outage, and how long things are remembered.',
    variables: LOAD_VARIABLES,
  },
  {
    title: 'Logs and traces',
    about: 'What is written of the work, and where to.',
    variables: OBSERVING_VARIABLES,
  },
  {
    title: 'A proxy before the operator’s page',
    about: 'Whose word counts there, and for whom.',
    variables: OPS_PROXY_VARIABLES,
  },
  {
    title: 'A login at an issuer',
    about: 'For the operator’s page: OpenID Connect. All that are required, or none.',
    variables: OPS_OIDC_VARIABLES,
    applies: namesOidc,
  },
  { title: 'The process', about: 'What every role reads.', variables: PROCESS_VARIABLES },
];

/**
 * What production has to set: all that has no default there, of the agents’ variables only those of the kind that the
 * environment chooses.
 */
export function requiredIn(environment: Environment): VariableName[] {
  return VARIABLE_GROUPS.filter(({ applies }) => applies?.(environment) ?? true)
    .flatMap(({ variables }) => Object.keys(variables).filter((name) => variables[name]!.production === undefined))
    .filter((name) => name !== 'AGENT' || !several(environment)) as VariableName[];
}
