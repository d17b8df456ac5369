import { wrapText } from '../../services/cli/demo/text-width.ts';
import { PLACEHOLDER } from '../../shared/config/read-env.ts';
import {
  requiredIn,
  VARIABLE_GROUPS,
  VARIABLES,
  type Variable,
  type VariableName,
} from '../../shared/config/variables.ts';

const WIDTH = 100;
const HEAD = `The settings of surfaces in production: docs/CONFIGURATION.md. Copy this file, put your values in, and give the copy to what starts the roles, as systemd's EnvironmentFile=. It holds secrets: chmod 600. For Compose, infra/docker/new-production.sh makes the copy.

A line is NAME=value, without quotes, without a comment behind the value. Where a secret lies in a file, write NAME_FILE=/path in place of NAME=value. Secrets that still say ${PLACEHOLDER} are refused. \`npm run surfaces -- config\` shows what is in force, \`npm run surfaces -- doctor\` whether it works.

Written by \`npm run check -- --write\` from shared/config/.`;

/** `.env.example`: what production has to set, to be filled in; then everything else with its default, commented out. */
export function envExample(): string {
  const chosen = { SURFACES_ENV: 'production', AGENT: VARIABLES.AGENT.example };
  const required: readonly VariableName[] = ['SURFACES_ENV', ...requiredIn(chosen)];
  const rest = VARIABLE_GROUPS.flatMap(({ title, about, variables }) => {
    const names = (Object.keys(variables) as VariableName[]).filter((name) => !required.includes(name));
    return names.length === 0 ? [] : [heading(title, about), ...names.map(optional)];
  });
  const first = [
    heading('What has to be set', 'Roles say at their start what is missing, all at once.'),
    ...required.map(wanted),
  ];
  return `${[comment(HEAD), ...first, ...rest].join('\n\n')}\n`;
}

function wanted(name: VariableName): string {
  const { meaning, example, secret } = VARIABLES[name] as Variable<unknown>;
  const value = secret && !example.includes('://') ? PLACEHOLDER : example;
  return `${comment(sentence(meaning))}\n${name}=${value}`;
}

function optional(name: VariableName): string {
  const { meaning, example, production } = VARIABLES[name] as Variable<unknown>;
  const hint = production === '' ? ` For example: ${example}` : '';
  return `${comment(sentence(meaning) + hint)}\n#${name}=${production ?? example}`;
}

function heading(title: string, about: string): string {
  return `# ${`── ${title} `.padEnd(WIDTH - 2, '─')}\n${comment(about)}`;
}

function comment(text: string): string {
  return wrapText(text, WIDTH - 2)
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
}

function sentence(meaning: string): string {
  return `${meaning[0]!.toUpperCase()}${meaning.slice(1)}.`;
}
