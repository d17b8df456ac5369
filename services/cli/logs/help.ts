/** What `surfaces logs --help` adds. */
export const LOGS_HELP = `
Prints what the logs of this stack’s roles say of one thing, in order of time over all roles: from a room that is silent, or an
answer that came late, to its cause. Lines of the agent host name a turn and its session, not the event: those of the turns
that belong to it are found, too.

  <id>                a room, an event, a turn, an operation, a session, a trace, or any other id that stands in a log
  --json              the lines as they are, for a program

Looks into SURFACES_HOME/logs, which a stack has that \`up\` started. Where roles run otherwise, their lines go to stdout, and are
wherever those are kept; docs/OBSERVABILITY.md has the same search with jq.

Exit codes: 0 done · 1 it failed, or no line has the id · 64 wrong usage
`;
