/**
 * Every error of surfaces has a code from this one table. The same code stands in the log, in `docs/ERRORS.md` and in
 * the `dev.surfaces` content of what the person reads. `disposition` says what the code that meets the error does:
 * - `permanent`: it will not get better by itself; the turn, command or process ends with it.
 * - `retry`: the same call may be repeated now, under the same operation id.
 * - `wait`: something that we need is away; wait for it without using up an attempt.
 */
export const ERROR_CODES = {
  // What a person sees in the room.
  rate_limited: {
    disposition: 'wait',
    operator: 'A person is over SURFACES_LIMIT_TURNS_PER_MINUTE; their message waits its turn. Nothing to do.',
  },
  queue_full: {
    disposition: 'permanent',
    operator:
      'A person has as many messages waiting as SURFACES_LIMIT_QUEUED allows; further ones are refused until half are answered.',
  },
  not_allowed: {
    disposition: 'permanent',
    operator:
      'Somebody whom SURFACES_ALLOW does not name, or a guest whom the owner of the room did not let in (`!people`), wrote to the bot.',
  },
  not_yours: {
    disposition: 'permanent',
    operator: 'Somebody answered a question that was put to another person. Nothing to do.',
  },
  nothing_waiting: {
    disposition: 'permanent',
    operator: 'A person answered or stopped something, and nothing was there to answer or stop. Nothing to do.',
  },
  unknown_command: {
    disposition: 'permanent',
    operator: 'A command that does not exist. Nothing to do.',
  },
  missing_argument: {
    disposition: 'permanent',
    operator: 'A command without an argument that it needs. Nothing to do.',
  },
  archived: {
    disposition: 'permanent',
    operator: 'A message in an archived room. Nothing to do.',
  },
  use_room: {
    disposition: 'permanent',
    operator: 'Plain text in the DM of the invitation, where no agent answers. Nothing to do.',
  },
  agent_unavailable: {
    disposition: 'wait',
    operator: 'The agent host does not answer. Check AGENT_URL and the host’s log.',
  },
  agent_error: {
    disposition: 'permanent',
    operator:
      'The agent reported an error in the middle of a turn. The log of the agent host has it, by the turn’s id.',
  },
  agent_crashed: {
    disposition: 'permanent',
    operator:
      'The agent’s program died in the middle of a turn. The log of the agent host has its last words; if it happens often, see whether it gets enough memory.',
  },
  agent_timeout: {
    disposition: 'permanent',
    operator:
      'The agent was silent for longer than SURFACES_AGENT_IDLE_TIMEOUT. See whether its model is overloaded; raise the limit for agents that are silent for long by nature.',
  },
  interrupted: {
    disposition: 'permanent',
    operator:
      'A turn could not be continued, because the agent host was restarted or lost its side of it. A longer AGENT_DRAIN lets turns end before a restart.',
  },
  file_too_large: {
    disposition: 'permanent',
    operator: 'A file above SURFACES_MAX_FILE_BYTES, or above what the homeserver takes (its `max_upload_size`).',
  },
  file_unavailable: {
    disposition: 'permanent',
    operator:
      'A file that the homeserver does not give or take, or that is not what it was sent as. The log has the reason; if it is every file, look at the homeserver’s media and at a proxy before it.',
  },
  file_refused: {
    disposition: 'permanent',
    operator: 'A file of a type in SURFACES_REFUSE_FILES, or one in which the scan found something; the log says what.',
  },
  file_changed: {
    disposition: 'permanent',
    operator:
      'A file that an agent offered was changed while it was sent, or is not the one that it described. The agent has to leave a file alone until its `file.ack`.',
  },
  file_outside: {
    disposition: 'permanent',
    operator:
      'An agent offered a path outside of its workspace, or something that is no file. A defect of the agent, or an attempt: see what it was asked.',
  },
  quota_exceeded: {
    disposition: 'permanent',
    operator:
      'The files of a room or a person would take more than SURFACES_QUOTA_ROOM_BYTES or SURFACES_QUOTA_PERSON_BYTES.',
  },
  scan_unavailable: {
    disposition: 'wait',
    operator:
      'What SURFACES_SCAN names does not answer; files wait for it, ten minutes at most. Start it, or see whether this process may reach it.',
    unsaid: 'Nothing while the file waits; then what stands at `file_unavailable`.',
  },
  volume_full: {
    disposition: 'permanent',
    operator: 'No space is left on AGENTS_DIR. Free some, give it more, or shorten SURFACES_KEEP_FILES.',
  },
  volume_unwritable: {
    disposition: 'permanent',
    operator:
      'AGENTS_DIR could not be written. See that it is mounted, and its owner, group and modes (docs/FILES.md).',
  },
  too_old: {
    disposition: 'permanent',
    operator:
      'Messages that are older than what is still answered after a lost record (SURFACES_CATCH_UP_MESSAGES, SURFACES_CATCH_UP_AGE).',
  },
  too_many_rooms: { disposition: 'permanent', operator: 'A person has as many rooms as SURFACES_LIMIT_ROOMS allows.' },
  unknown_snapshot: {
    disposition: 'permanent',
    operator: 'A snapshot name or number that does not exist. Nothing to do.',
  },
  unknown_agent: {
    disposition: 'permanent',
    operator: 'An agent that the host does not offer, or offers no more; `doctor` shows which it does.',
  },
  encrypted: {
    disposition: 'permanent',
    operator: 'A message in an encrypted room, which the bot cannot read: encryption is not supported. Nothing to do.',
  },
  internal: {
    disposition: 'permanent',
    operator:
      'A defect of surfaces. Search the log for the id that stands beside the code, and report what you find there. Where it says that the worker was lost eight times in a row: see what ended the workers (docs/OPERATIONS.md).',
  },
  // What an operator sees.
  config_invalid: {
    disposition: 'permanent',
    operator: 'The configuration does not hold; every problem is listed. Exit code 78.',
    unsaid: 'Nothing: the process does not start, and messages wait.',
  },
  matrix_token_invalid: {
    disposition: 'permanent',
    operator: 'The homeserver refuses MATRIX_ACCESS_TOKEN. Make a new one and set it. Exit code 78.',
    unsaid: 'Nothing: the bot is silent until there is a token, then it answers.',
  },
  matrix_token_without_device: {
    disposition: 'permanent',
    operator:
      'The access token has no device, so transaction ids would protect nothing. Make one by a login (docs/OPERATIONS.md) and set MATRIX_ACCESS_TOKEN. Exit code 78.',
    unsaid: 'Nothing: the process does not start, and messages wait.',
  },
  matrix_unavailable: {
    disposition: 'wait',
    operator:
      'The homeserver does not answer. See that it runs and that MATRIX_HOMESERVER_URL leads to it; nothing is lost meanwhile.',
    unsaid: 'Nothing: the answer comes, or goes on, when the homeserver is back.',
  },
  matrix_limited: {
    disposition: 'wait',
    operator: 'The homeserver limits the bot’s account (429). Lift its limits: docs/OPERATIONS.md.',
    unsaid: 'Nothing: answers come more slowly.',
  },
  matrix_refused: {
    disposition: 'permanent',
    operator: 'The homeserver refused a request for good; the message names the request and its errcode.',
    unsaid: 'What could not be done, where they asked for it; else what stands at `internal`.',
  },
  database_unavailable: {
    disposition: 'wait',
    operator:
      'Postgres does not answer. See that it runs, that DATABASE_URL leads to it, and that it has connections left; nothing is lost meanwhile.',
    unsaid: 'Nothing: the answer comes, or goes on, when the database is back.',
  },
  schema_mismatch: {
    disposition: 'permanent',
    operator:
      'The database is older or newer than this version. Run `npm run surfaces -- migrate`, or start the newer version.',
    unsaid: 'Nothing: the process does not start, and messages wait.',
  },
  migration_edited: {
    disposition: 'permanent',
    operator:
      'A migration that was applied has been edited since. Restore the file; write a new migration for the change.',
    unsaid: 'Nothing: migrations stop before it, and messages wait.',
  },
  redis_unavailable: {
    disposition: 'wait',
    operator:
      'Redis does not answer. See that it runs and that REDIS_URL leads to it. Nothing is lost; the sweeper carries the work meanwhile.',
    unsaid: 'Nothing: answers begin a little later.',
  },
  redis_evicts: {
    disposition: 'permanent',
    operator: 'Redis may evict keys. Set its maxmemory-policy to noeviction. Exit code 78 in production.',
    unsaid: 'Nothing: the process does not start, and messages wait.',
  },
  sync_fenced: {
    disposition: 'retry',
    operator:
      'Another ingress moved the sync token; this one steps back to standby. Nothing to do, unless it goes on: then two stacks work on one account.',
    unsaid: 'Nothing.',
  },
  stalled: {
    disposition: 'permanent',
    operator:
      'A process did not get on with its work and ended, to be started again; the message says what stood still. Exit code 1.',
    unsaid: 'Nothing: another process goes on.',
  },
  needs_operator: {
    disposition: 'permanent',
    operator:
      'A process of the stack has ended and asks for a change of the configuration; the message says which. Exit code 78.',
    unsaid: 'Nothing: messages wait.',
  },
  bringup_failed: {
    disposition: 'permanent',
    operator: 'A part of the embedded stack did not come up; the message names it and its log.',
    unsaid: 'Nothing: there is no bot yet.',
  },
} as const satisfies Record<string, ErrorKind>;

export type Disposition = 'permanent' | 'retry' | 'wait';
export type ErrorCode = keyof typeof ERROR_CODES;

type ErrorKind = {
  readonly disposition: Disposition;
  /** What it means, and what to do about it. */
  readonly operator: string;
  /** What people notice of it, where the catalogue has no text for them. */
  readonly unsaid?: string;
};
