import { parseArgs } from 'node:util';
import { BEHAVIOURS, type BehaviourName, isBehaviour, promptProblem, type ScriptName } from './prompts.ts';
import type { Rule } from './rule.ts';
import { selectRules } from './rules.ts';

export type Options = {
  readonly url: string;
  readonly token: string;
  readonly rules: readonly Rule[];
  readonly prompts: Partial<Record<BehaviourName, string>>;
  readonly script: ScriptName | undefined;
  readonly restartCommand: string | undefined;
  readonly patienceMs: number;
  readonly json: boolean;
  readonly strict: boolean;
};

export type Asked =
  | { readonly what: 'help' }
  | { readonly what: 'list'; readonly rules: readonly Rule[]; readonly json: boolean }
  | ({ readonly what: 'run' } & Options);

/** The command was called in a way that it does not understand; the message is a sentence for who did it. */
export class UsageError extends Error {}

const NAMES = Object.keys(BEHAVIOURS) as BehaviourName[];
const PATIENCE_S = '10';
const PROMPT = /^prompt-/;

const OPTIONS = {
  url: { type: 'string' },
  token: { type: 'string' },
  script: { type: 'string' },
  only: { type: 'string', multiple: true },
  'restart-command': { type: 'string' },
  patience: { type: 'string' },
  json: { type: 'boolean' },
  strict: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const PROMPT_OPTIONS = Object.fromEntries(NAMES.map((name) => [`prompt-${name}`, { type: 'string' as const }]));

export const USAGE = `Tries whether an agent host keeps the rules of surfaces.agent/1, which stand in docs/AGENT-PROTOCOL.md.

  npm run conformance -- --url ws://127.0.0.1:7700 --token <token> [options]

The host
  --url <ws://…>           where it listens; or AGENT_URL
  --token <token>          what it lets in; or AGENT_TOKEN
  --patience <seconds>     how long an answer or an event may take (${PATIENCE_S}); more for slow models
  --restart-command <cmd>  a shell command that kills the host with SIGKILL, starts it again in the background and ends; the
                           suite then waits until the host greets. Without it the rules about a killed host are not tried.

What makes its agent do things: the words for each behaviour. A rule that needs a behaviour without words is not tried.
${NAMES.map((name) => `  ${`--prompt-${name}`.padEnd(24)} ${behaviour(name)}`).join('\n')}
  --script demo            the words of the demo agent’s script for all that are not given; this is so by itself where the
                           agent’s name is demo. --script none: not even then.

What is tried and told
  --only <words>           rules with these words in their sentence; may be repeated
  --list                   every rule, where it stands, and why it matters; tries nothing
  --json                   one JSON object instead of lines
  --strict                 a rule that was not tried counts as failed
  --help                   this

It opens sessions named conformance-… and leaves them behind.
Exit codes: 0 no rule failed · 1 one failed, or the host cannot be reached · 2 the options are wrong
`;

/** @throws UsageError */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Asked {
  const values = parse(args);
  if (values.help) return { what: 'help' };
  const rules = selectRules(values.only ?? []);
  if (rules.length === 0) throw new UsageError(`No rule has “${values.only?.join('” or “')}” in it; --list names all.`);
  if (values.list) return { what: 'list', rules, json: values.json ?? false };
  const { script } = values;
  if (script !== undefined && script !== 'demo' && script !== 'none')
    throw new UsageError(`--script is demo or none, not “${script}”.`);
  return {
    what: 'run',
    url: readUrl(values.url ?? env.AGENT_URL),
    token: values.token ?? env.AGENT_TOKEN ?? fail('Say with --token what the host lets in, or set AGENT_TOKEN.'),
    rules,
    prompts: readPrompts(values),
    script,
    restartCommand: values['restart-command'],
    patienceMs: readPatience(values.patience ?? PATIENCE_S),
    json: values.json ?? false,
    strict: values.strict ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { ...OPTIONS, ...PROMPT_OPTIONS } as typeof OPTIONS }).values;
  } catch (error) {
    // Node’s own sentence, without its advice about positional arguments.
    throw new UsageError(
      `${(error as Error).message.split('. To specify')[0]?.replace(/\.$/, '')}; --help names all options.`,
    );
  }
}

function readUrl(url: string | undefined): string {
  if (!url) return fail('Say with --url where the host listens, or set AGENT_URL.');
  const isWebSocket = URL.canParse(url) && ['ws:', 'wss:'].includes(new URL(url).protocol);
  return isWebSocket ? url : fail(`--url has to be like ws://127.0.0.1:7700, which “${url}” is not.`);
}

function readPrompts(values: Readonly<Record<string, unknown>>): Options['prompts'] {
  const prompts: Partial<Record<BehaviourName, string>> = {};
  for (const [option, words] of Object.entries(values)) {
    const name = option.replace(PROMPT, '');
    if (!PROMPT.test(option) || !isBehaviour(name) || typeof words !== 'string') continue;
    const problem = promptProblem(name, words);
    if (problem) throw new UsageError(problem);
    prompts[name] = words;
  }
  return prompts;
}

function readPatience(text: string): number {
  const seconds = Number(text);
  return seconds > 0 && Number.isFinite(seconds)
    ? seconds * 1000
    : fail(`--patience is a number of seconds, not “${text}”.`);
}

function behaviour(name: BehaviourName): string {
  const { about, ...rest } = BEHAVIOURS[name];
  return `${about}${'otherwise' in rest ? ` (“${rest.otherwise}”)` : ''}`;
}

function fail(sentence: string): never {
  throw new UsageError(sentence);
}
