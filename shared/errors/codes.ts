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
    operator: 'A person is over the limit of turns per minute; the message waits its turn.',
  },
  queue_full: {
    disposition: 'permanent',
    operator: 'A person has too many messages waiting; the message was refused.',
  },
  not_allowed: {
    disposition: 'permanent',
    operator: 'A person who may not use the bot (SURFACES_ALLOW, or a guest in a room) wrote to it.',
  },
  not_yours: { disposition: 'permanent', operator: 'Somebody answered a question that was put to another person.' },
  nothing_waiting: {
    disposition: 'permanent',
    operator: 'A person answered or stopped something, and nothing was there to answer or stop.',
  },
  unknown_command: { disposition: 'permanent', operator: 'A command that does not exist.' },
  missing_argument: { disposition: 'permanent', operator: 'A command without an argument that it needs.' },
  archived: { disposition: 'permanent', operator: 'A message in an archived room.' },
  use_room: { disposition: 'permanent', operator: 'Plain text in the DM of the invitation, where no agent answers.' },
  agent_unavailable: {
    disposition: 'wait',
    operator: 'The agent host does not answer. Check AGENT_URL and the host’s log.',
  },
  agent_error: { disposition: 'permanent', operator: 'The agent reported an error in the middle of a turn.' },
  agent_crashed: { disposition: 'permanent', operator: 'The agent’s session died in the middle of a turn.' },
  agent_timeout: {
    disposition: 'permanent',
    operator: 'The agent was silent for longer than SURFACES_AGENT_IDLE_TIMEOUT.',
  },
  interrupted: {
    disposition: 'permanent',
    operator: 'A turn could not be continued, because the agent host lost its side of it.',
  },
  file_too_large: { disposition: 'permanent', operator: 'A file above SURFACES_MAX_FILE_BYTES.' },
  file_unavailable: {
    disposition: 'permanent',
    operator: 'A file that could not be fetched, or is not what it was sent as.',
  },
  file_refused: {
    disposition: 'permanent',
    operator: 'A file of a type in SURFACES_REFUSE_FILES, or one that the scan did not let pass.',
  },
  file_changed: {
    disposition: 'permanent',
    operator: 'A file that an agent offered is not the one that it described.',
  },
  file_outside: {
    disposition: 'permanent',
    operator: 'An agent offered a path outside of its workspace, or something that is no file.',
  },
  quota_exceeded: {
    disposition: 'permanent',
    operator: 'The files of a room or a person would take more than their quota.',
  },
  scan_unavailable: {
    disposition: 'wait',
    operator: 'What SURFACES_SCAN names does not answer; files wait for it, ten minutes at most.',
  },
  volume_full: { disposition: 'permanent', operator: 'No space is left on AGENTS_DIR. Free some, or give it more.' },
  volume_unwritable: {
    disposition: 'permanent',
    operator: 'AGENTS_DIR could not be written. See that it is there, and its owner and modes.',
  },
  too_old: { disposition: 'permanent', operator: 'A message that is older than what is still answered.' },
  too_many_rooms: { disposition: 'permanent', operator: 'A person has as many rooms as SURFACES_LIMIT_ROOMS allows.' },
  unknown_snapshot: { disposition: 'permanent', operator: 'A snapshot name or number that does not exist.' },
  unknown_agent: {
    disposition: 'permanent',
    operator: 'An agent that the host does not offer, or offers no more; `doctor` shows which it does.',
  },
  encrypted: { disposition: 'permanent', operator: 'A message in an encrypted room; encryption is not supported.' },
  internal: {
    disposition: 'permanent',
    operator: 'A defect of surfaces. Search the log for the id that stands beside the code.',
  },
  // What an operator sees.
  config_invalid: {
    disposition: 'permanent',
    operator: 'The configuration does not hold; every problem is listed. Exit code 78.',
  },
  matrix_token_invalid: {
    disposition: 'permanent',
    operator: 'The homeserver refuses MATRIX_ACCESS_TOKEN. Make a new one and set it. Exit code 78.',
  },
  matrix_token_without_device: {
    disposition: 'permanent',
    operator: 'The access token has no device: transaction ids would protect nothing. Use a token from a login.',
  },
  matrix_unavailable: { disposition: 'wait', operator: 'The homeserver does not answer.' },
  matrix_limited: {
    disposition: 'wait',
    operator: 'The homeserver limits the bot’s account (429). Lift its limits: docs/OPERATIONS.md.',
  },
  matrix_refused: { disposition: 'permanent', operator: 'The homeserver refused a request for good.' },
  database_unavailable: { disposition: 'wait', operator: 'Postgres does not answer.' },
  schema_mismatch: {
    disposition: 'permanent',
    operator:
      'The database is older or newer than this version. Run `npm run surfaces -- migrate`, or start the newer version.',
  },
  migration_edited: {
    disposition: 'permanent',
    operator:
      'A migration that was applied has been edited since. Restore the file; write a new migration for the change.',
  },
  redis_unavailable: {
    disposition: 'wait',
    operator: 'Redis does not answer. Nothing is lost; the sweeper carries the work meanwhile.',
  },
  redis_evicts: { disposition: 'permanent', operator: 'Redis may evict keys. Set maxmemory-policy to noeviction.' },
  sync_fenced: {
    disposition: 'retry',
    operator: 'Another ingress moved the sync token; this one steps back to standby.',
  },
  needs_operator: {
    disposition: 'permanent',
    operator:
      'A process of the stack has ended and asks for a change of the configuration; the message says which. Exit code 78.',
  },
  bringup_failed: {
    disposition: 'permanent',
    operator: 'A part of the embedded stack did not come up; the message names it and its log.',
  },
} as const satisfies Record<string, { disposition: 'permanent' | 'retry' | 'wait'; operator: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
export type Disposition = 'permanent' | 'retry' | 'wait';
