import { describe } from '../../shared/errors/surfaces-error.ts';
import { exitCodeOf } from '../../shared/runtime/role.ts';
import { COMMANDS } from './commands.ts';
import { helpText, listText } from './help-text.ts';
import { UsageError } from './usage-error.ts';

const EXIT_USAGE = 64;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(listText(COMMANDS));
    return name === undefined ? EXIT_USAGE : 0;
  }
  const entry = COMMANDS[name];
  if (!entry) {
    process.stderr.write(`surfaces: there is no command “${name}”.\n\n${listText(COMMANDS)}`);
    return EXIT_USAGE;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpText(entry, await entry.details()));
    return 0;
  }
  const run = await entry.load();
  return run(args);
}

// `surfaces status | head -1`: whoever read has gone, and there is nothing to say about it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`surfaces: ${describe(error)}\n`);
  process.exitCode = usage ? EXIT_USAGE : exitCodeOf(error);
}
