import { VARIABLE_GROUPS, type Variable, type VariableName } from '../../shared/config/variables.ts';
import { page, table } from './generated-docs.ts';
import { roleVariables } from './role-variables.ts';

const INTRODUCTION = `From \`shared/config/\`. Values come from the environment; in production begin with [.env.example](../.env.example). Durations are seconds or carry a unit (\`90\`, \`10m\`,
\`24h\`), sizes are bytes or carry one (\`100M\`, \`2G\`). For every \`NAME\`, \`NAME_FILE\` may name a file that holds the value, as secrets of containers do; to set both, or to name a file
that is empty or cannot be read, is an error. A variable that is set to nothing counts as not set.

A role reads only what it needs, and lists everything that is wrong at once (exit code 78). A \`SURFACES_…\` that nothing reads is a warning in each role's log, of \`up\`, and of the two commands
that look at settings: \`npm run surfaces -- config\` shows what is in force and where it comes from, \`npm run surfaces -- doctor\` whether it works.

In development \`npm run up\` embeds every server that is not named. It also reads \`SURFACES_HOME\` (where everything of a stack lies, \`.surfaces\` by default) and \`SURFACES_CACHE\` (where
downloaded servers lie, \`~/.cache/surfaces\` by default).`;

/** `docs/CONFIGURATION.md`: every environment variable, in groups, and which roles read it. */
export function configurationTable(sources: ReadonlyMap<string, string>): string {
  const roles = roleVariables(sources);
  const groups = VARIABLE_GROUPS.map(({ title, about, variables }) => {
    const rows = Object.entries(variables).map(([name, variable]) => [
      `\`${name}\``,
      `${variable.meaning}${variable.secret ? ' (secret)' : ''}`,
      code(variable.development),
      variable.production === undefined ? '**required**' : code(variable.production),
      code(variable.example),
      readers(name as VariableName, roles),
    ]);
    const head = ['variable', 'meaning', 'development', 'production', 'for example', 'read by'];
    return `## ${title}\n\n${about}\n\n${table(head, rows)}`;
  });
  return page('Configuration', INTRODUCTION, groups.join('\n'));
}

function readers(name: VariableName, roles: ReadonlyMap<string, readonly VariableName[]>): string {
  const found = [...roles].filter(([, names]) => names.includes(name)).map(([role]) => role);
  if (found.length === roles.size) return 'every role';
  const without = [...roles.keys()].filter((role) => !found.includes(role));
  return without.length < 3 ? `all but ${without.join(', ')}` : found.join(', ');
}

function code(text: Variable<unknown>['production']): string {
  return text ? `\`${text}\`` : '';
}
