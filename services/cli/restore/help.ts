/** What `surfaces restore --help` adds. */
export const RESTORE_HELP = `
Puts what \`surfaces backup\` wrote in its place again: into an empty database schema and an empty or missing AGENTS_DIR. All roles
and the agent host have to be down; embedded Postgres is started for it, and stopped again. A backup of an older version is
restored as it was and then migrated; one of a newer version is refused.

  --replace           in the place of what is there, which is lost; asks first
  --yes               do not ask (where there is no terminal, nothing is replaced without it)
  --json              the result as JSON; does not ask

Until all of the backup has been read and compared, nothing of what is there is touched. It may be interrupted at any moment: run
again, it begins from nothing. Afterwards start the roles: rooms are compared with Matrix, and what nobody has answered since is
answered (docs/OPERATIONS.md).

Exit codes: 0 restored · 1 it failed, run it again · 2 refused, nothing was done · 64 wrong usage
`;
