import { parseArgs } from 'node:util';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { runRules } from './run-rules.ts';

const USAGE = `Tries whether an agent host keeps the rules of surfaces.agent/1 (docs/AGENT-PROTOCOL.md).

  npm run conformance -- --url ws://127.0.0.1:7700 --token <token>

The token may also stand in AGENT_TOKEN. It opens sessions named conformance-… and leaves them behind.
Exit codes: 0 every rule holds · 1 one does not · 64 wrong usage
`;
const EXIT_USAGE = 64;

const { values } = parseArgs({
  options: { url: { type: 'string' }, token: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
const url = values.url ?? process.env.AGENT_URL;
const token = values.token ?? process.env.AGENT_TOKEN;
if (values.help || !url || !token) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : EXIT_USAGE);
}

try {
  const outcomes = await runRules(url, token, ({ rule, ms, problem, skipped }) => {
    const mark = problem ? '✗' : skipped ? '-' : '✓';
    process.stdout.write(`${mark} ${rule}  (${skipped ?? `${ms} ms`})\n${problem ? `    ${problem}\n` : ''}`);
  });
  const failed = outcomes.filter(({ problem }) => problem).length;
  const skipped = outcomes.filter((outcome) => outcome.skipped).length;
  process.stdout.write(`${outcomes.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exit(failed > 0 ? 1 : 0);
} catch (error) {
  process.stderr.write(`${url} cannot be tried: ${describe(error)}\n`);
  process.exit(1);
}
