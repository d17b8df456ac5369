/** A command of the CLI: its module is loaded when it is called, so that none pays for another. */
type Entry = {
  readonly usage: string;
  readonly summary: string;
  /** What `--help` says beside these two. */
  readonly details: () => Promise<string>;
  readonly load: () => Promise<(args: string[]) => Promise<number>>;
};

export const COMMANDS: Readonly<Record<string, Entry>> = {
  demo: {
    usage: 'demo',
    summary: 'bring everything up and watch a first conversation',
    details: async () => (await import('./up-help.ts')).DEMO_HELP,
    load: async () => (await import('./demo/demo.ts')).demo,
  },
  up: {
    usage: 'up [--scale role=n]… [--detach]',
    summary: 'bring the stack up',
    details: async () => (await import('./up-help.ts')).UP_HELP,
    load: async () => (await import('./up.ts')).up,
  },
  down: {
    usage: 'down [--purge]',
    summary: 'stop it; with --purge also remove its data',
    details: async () => (await import('./up-help.ts')).DOWN_HELP,
    load: async () => (await import('./down.ts')).down,
  },
  status: {
    usage: 'status [--json]',
    summary: 'which roles run, and whether they are ready',
    details: async () => (await import('./status.ts')).STATUS_HELP,
    load: async () => (await import('./status.ts')).status,
  },
  restart: {
    usage: 'restart [role] [--rolling]',
    summary: 'end processes of the running stack and wait for their successors',
    details: async () => (await import('./restart.ts')).RESTART_HELP,
    load: async () => (await import('./restart.ts')).restart,
  },
  doctor: {
    usage: 'doctor [--json]',
    summary: 'find what is wrong, and say what to do about it',
    details: async () => (await import('./doctor/help.ts')).DOCTOR_HELP,
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
  config: {
    usage: 'config [--json]',
    summary: 'show the settings in force, secrets masked',
    details: async () => (await import('./config/help.ts')).CONFIG_HELP,
    load: async () => (await import('./config/config.ts')).config,
  },
  migrate: {
    usage: 'migrate [--wait] [--dry-run] [--json]',
    summary: 'bring the database to the version of this code',
    details: async () => (await import('./migrate.ts')).MIGRATE_HELP,
    load: async () => (await import('./migrate.ts')).migrateDatabase,
  },
  backup: {
    usage: 'backup <file or folder> | --verify <file> [--json]',
    summary: 'write database and volume into one file, while the stack runs',
    details: async () => (await import('./backup/help.ts')).BACKUP_HELP,
    load: async () => (await import('./backup/backup.ts')).backup,
  },
  restore: {
    usage: 'restore <file> [--replace [--yes]] [--json]',
    summary: 'put a backup in its place again',
    details: async () => (await import('./restore/help.ts')).RESTORE_HELP,
    load: async () => (await import('./restore/restore.ts')).restore,
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
  logs: {
    usage: 'logs <id> [--json]',
    summary: 'what all roles wrote about a room, an event, a turn, an operation',
    details: async () => (await import('./logs/help.ts')).LOGS_HELP,
    load: async () => (await import('./logs/logs.ts')).logs,
  },
  block: {
    usage: 'block <who> [--reason TEXT]',
    summary: 'shut a person or a homeserver out',
    details: async () => (await import('./block/help.ts')).BLOCK_HELP,
    load: async () => (await import('./block/block.ts')).blockSubject,
  },
  unblock: {
    usage: 'unblock <who>',
    summary: 'let them in again',
    details: async () => (await import('./block/help.ts')).UNBLOCK_HELP,
    load: async () => (await import('./block/block.ts')).unblockSubject,
  },
  blocked: {
    usage: 'blocked [--json]',
    summary: 'list who is shut out',
    details: async () => (await import('./block/help.ts')).BLOCKED_HELP,
    load: async () => (await import('./block/block.ts')).listBlocked,
  },
  drain: {
    usage: 'drain <role> [index]',
    summary: 'let a worker take no new work; what runs there goes on',
    details: async () => (await import('./drain/help.ts')).DRAIN_HELP,
    load: async () => (await import('./drain/drain.ts')).drain,
  },
  undrain: {
    usage: 'undrain <role> [index]',
    summary: 'let it take work again',
    details: async () => (await import('./drain/help.ts')).DRAIN_HELP,
    load: async () => (await import('./drain/drain.ts')).undrain,
  },
  'ops-user': {
    usage: 'ops-user add|list|role|password|remove … [--json]',
    summary: 'accounts of the operator’s page',
    details: async () => (await import('./ops-user/help.ts')).OPS_USER_HELP,
    load: async () => (await import('./ops-user/ops-user.ts')).opsUser,
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
