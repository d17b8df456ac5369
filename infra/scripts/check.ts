import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTATIONS as E2E_MUTATIONS } from '../../e2e/mutations/mutations.ts';
import { MUTATIONS as LANE_MUTATIONS } from '../../shared/lane/mutations/mutations.ts';
import { ALERTS } from '../../shared/runtime/alerts/alerts.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { runCommand } from '../../shared/stack/run-command.ts';
import { readMigrations } from '../../shared/store/migrations.ts';
import { dashboardFile } from '../grafana/dashboard.ts';
import { ROWS } from '../grafana/rows.ts';
import { architectureProblems } from './architecture.ts';
import { commandsTable } from './commands-doc.ts';
import { configurationTable } from './configuration-doc.ts';
import { brokenLinks } from './doc-links.ts';
import { envExample } from './env-example.ts';
import { errorTable } from './errors-doc.ts';
import { metricsTable } from './generated-docs.ts';
import { migrationProblems } from './migration-rules.ts';
import { alertsFile, alertsTable } from './prometheus-files.ts';
import { prometheusRule } from './prometheus-rule.ts';
import { readSources } from './source-tree.ts';
import { unfitMutations } from './unfit-mutations.ts';

const USAGE = `npm run check [-- --write]

Types, lint and format, architecture, and the docs that have to match the code. --write mends what a program can mend:
format and generated docs. The exit code is 0 only if all is well.
`;

const ALERTS_FILE = 'infra/prometheus/surfaces.alerts.yml';
const RULES_FILE = 'infra/prometheus/surfaces.rules.yml';
const RULE_OF_OPERATOR = 'infra/k8s/components/prometheus-operator/prometheus-rule.yaml';
const DASHBOARD_FILE = 'infra/grafana/surfaces.json';

type Check = { readonly name: string; readonly problems: () => Promise<readonly string[]> };

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const write = args.includes('--write');
const sources = readSources(PROJECT_ROOT);

const CHECKS: readonly Check[] = [
  {
    name: 'lint and format',
    problems: () => command('biome', ...(write ? ['check', '--write'] : ['ci']), '--colors=off', '.'),
  },
  { name: 'types', problems: () => command('tsc', '-p', '.') },
  { name: 'architecture', problems: async () => architectureProblems(sources) },
  { name: 'docs/ERRORS.md', problems: () => upToDate('docs/ERRORS.md', errorTable()) },
  { name: 'docs/CONFIGURATION.md', problems: () => upToDate('docs/CONFIGURATION.md', configurationTable(sources)) },
  { name: '.env.example', problems: () => upToDate('.env.example', envExample()) },
  { name: 'docs/COMMANDS.md', problems: () => upToDate('docs/COMMANDS.md', commandsTable()) },
  {
    name: 'docs/METRICS.md',
    problems: () => upToDate('docs/METRICS.md', `${metricsTable(sources)}\n${alertsTable(ALERTS)}`),
  },
  { name: 'alerts of Prometheus', problems: () => upToDate(ALERTS_FILE, alertsFile(ALERTS)) },
  {
    name: 'alerts in Kubernetes',
    problems: () => upToDate(RULE_OF_OPERATOR, prometheusRule([rules(), alertsFile(ALERTS)])),
  },
  { name: 'dashboard of Grafana', problems: () => upToDate(DASHBOARD_FILE, dashboardFile(ROWS)) },
  { name: 'mutations fit', problems: async () => unfitMutations(PROJECT_ROOT, [...E2E_MUTATIONS, ...LANE_MUTATIONS]) },
  { name: 'migrations', problems: async () => migrationProblems(readMigrations()) },
  {
    name: 'links of the docs',
    problems: async () => brokenLinks(pages(), (path) => existsSync(join(PROJECT_ROOT, path))),
  },
];

let failed = 0;
for (const { name, problems } of CHECKS) {
  const began = performance.now();
  const found = await problems();
  const time = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  process.stdout.write(`${found.length === 0 ? '✓' : '✗'} ${name.padEnd(24)} ${time.padStart(7)}\n`);
  for (const problem of found) process.stdout.write(`${problem.replaceAll(/^/gm, '    ')}\n`);
  if (found.length > 0) failed++;
}
process.stdout.write(failed === 0 ? 'All is well.\n' : `${failed} of ${CHECKS.length} checks failed.\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function command(file: string, ...given: string[]): Promise<string[]> {
  try {
    await runCommand({ file, args: given, cwd: PROJECT_ROOT });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

async function upToDate(path: string, text: string): Promise<string[]> {
  const file = join(PROJECT_ROOT, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return [];
  if (!write) return [`${path} does not match the code; write it anew with: npm run check -- --write`];
  writeFileSync(file, text);
  return [];
}

function rules(): string {
  return readFileSync(join(PROJECT_ROOT, RULES_FILE), 'utf8');
}

function pages(): Map<string, string> {
  const paths = globSync('**/*.md', { cwd: PROJECT_ROOT, exclude: (path) => /(^|\/)(node_modules|\..+)$/.test(path) });
  return new Map(paths.map((path) => [path, readFileSync(join(PROJECT_ROOT, path), 'utf8')]));
}
