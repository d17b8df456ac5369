import { describe } from '../../shared/errors/surfaces-error.ts';
import { exitCodeOf } from '../../shared/runtime/role.ts';
import { UsageError } from './usage-error.ts';

/** A command of the CLI: its module is loaded when it is called, so that none pays for another. */
type Entry = {
  readonly usage: string;
  readonly summary: string;
  /** What `--help` says beside these two. */
  readonly details?: () => Promise<string>;
  readonly load: () => Promise<(args: string[]) => Promise<number>>;
};

const COMMANDS: Readonly<Record<string, Entry>> = {
  demo: {
    usage: 'demo',
    summary: 'bring everything up and watch a first conversation',
    load: async () => (await import('./demo/demo.ts')).demo,
  },
  up: {
    usage: 'up [--scale role=n]… [--detach]',
    summary: 'bring the stack up',
    load: async () => (await import('./up.ts')).up,
  },
  down: {
    usage: 'down [--purge]',
    summary: 'stop it; with --purge also remove its data',
    load: async () => (await import('./down.ts')).down,
  },
  status: {
    usage: 'status [--json]',
    summary: 'which roles run, and whether they are ready',
    load: async () => (await import('./status.ts')).status,
  },
  doctor: {
    usage: 'doctor [--json]',
    summary: 'find what is wrong, and say what to do about it',
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
  config: {
    usage: 'config [--json]',
    summary: 'show the settings in force, secrets masked',
    load: async () => (await import('./config.ts')).config,
  },
  migrate: {
    usage: 'migrate',
    summary: 'bring the database to the version of this code',
    load: async () => (await import('./migrate.ts')).migrateDatabase,
  },
  rooms: {
    usage: 'rooms [--owner @x:y] [--state s] [--limit n] [--json]',
    summary: 'list the rooms that the bot knows',
    details: async () => (await import('./rooms/help.ts')).ROOMS_HELP,
    load: async () => (await import('./rooms/rooms.ts')).rooms,
  },
  lane: {
    usage: 'lane <room> [--json]',
    summary: 'say what goes on in a room, or why nothing does',
    details: async () => (await import('./lane/help.ts')).LANE_HELP,
    load: async () => (await import('./lane/lane.ts')).lane,
  },
  reconcile: {
    usage: 'reconcile [--dry-run] [--light] [--json]',
    summary: 'compare Matrix with the database, and mend what differs',
    details: async () => (await import('./reconcile/help.ts')).RECONCILE_HELP,
    load: async () => (await import('./reconcile/reconcile.ts')).reconcile,
  },
  reset: {
    usage: 'reset --dev [--yes] [--homeserver URL] [--json]',
    summary: 'take a development account back to nothing',
    details: async () => (await import('./reset/help.ts')).RESET_HELP,
    load: async () => (await import('./reset/reset.ts')).reset,
  },
};

const EXIT_USAGE = 64;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help());
    return name === undefined ? EXIT_USAGE : 0;
  }
  const entry = COMMANDS[name];
  if (!entry) {
    process.stderr.write(`surfaces: there is no command “${name}”.\n\n${help()}`);
    return EXIT_USAGE;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${entry.usage}\n  ${entry.summary}\n${(await entry.details?.()) ?? ''}`);
    return 0;
  }
  const run = await entry.load();
  return run(args);
}

function help(): string {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  const lines = Object.values(COMMANDS).map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`);
  return `surfaces: AI agents in Matrix\n\n${lines.join('\n')}\n\nExit codes: 0 done · 1 it failed · 64 wrong usage · 78 the configuration has to be changed\n`;
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
