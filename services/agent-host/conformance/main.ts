import { describe } from '../../../shared/errors/surfaces-error.ts';
import { type Options, readOptions, USAGE, UsageError } from './options.ts';
import type { Outcome } from './outcome.ts';
import { type Counts, countOutcomes, describeCounts, describeHost, describeOutcome, listRules } from './report.ts';
import { restartByCommand } from './restart-command.ts';
import { runRules } from './run-rules.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

try {
  const asked = readOptions(process.argv.slice(2), process.env);
  if (asked.what === 'help') say(USAGE);
  else if (asked.what === 'run') process.exitCode = await run(asked);
  else if (asked.json)
    say(
      `${JSON.stringify(
        asked.rules.map(({ rule, section, why }) => ({ rule, section, why })),
        null,
        2,
      )}\n`,
    );
  else say(listRules(asked.rules));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}

async function run({ url, token, rules, prompts, script, restartCommand, patienceMs, json, strict }: Options) {
  const tell = json ? () => {} : say;
  try {
    const outcomes = await runRules(url, token, (outcome) => tell(describeOutcome(outcome)), {
      rules,
      prompts,
      patienceMs,
      ...(script ? { script } : {}),
      ...(restartCommand ? { restart: () => restartByCommand(restartCommand, url, token) } : {}),
      onGreeting: (greeting, chosen) => tell(describeHost(greeting, chosen, prompts, rules)),
    });
    const counts = countOutcomes(outcomes);
    if (json) say(asJson(url, counts, outcomes));
    else say(describeCounts(counts));
    return counts.failed > 0 || (strict && counts.notTried > 0) ? EXIT_FAILED : 0;
  } catch (error) {
    process.stderr.write(`${url} cannot be tried: ${describe(error)}\n`);
    return EXIT_FAILED;
  }
}

function asJson(url: string, { passed, failed, notTried, exempt }: Counts, rules: readonly Outcome[]): string {
  const counts = { passed, failed, not_tried: notTried, not_about_this_host: exempt };
  return `${JSON.stringify({ url, ...counts, rules }, null, 2)}\n`;
}

function say(text: string): void {
  process.stdout.write(text);
}
