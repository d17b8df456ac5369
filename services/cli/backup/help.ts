/** What `surfaces backup --help` adds. */
export const BACKUP_HELP = `
Writes the database (the schema of SURFACES_NAMESPACE) and the volume (AGENTS_DIR: workspaces, and what the agent host of this
project knows) into one file, while the stack runs or while it is down. Nobody is kept waiting for it. A folder gets a file that
is named after the moment; with a slash at its end it has to be there. The file has its name once it is whole, and can be read by its owner alone: it holds everything that
people said. It holds no token and no password of the stack.

  --verify <file>     read a backup to its end, and say whether it is whole and what is in it
  --json              the result as JSON

Not in it: what the homeserver has, Redis (it carries nothing that could be lost), the settings, and what an agent host of your
own keeps elsewhere: back that up yourself, right after this.

Exit codes: 0 written, or whole · 1 it failed, or is not whole · 2 refused, nothing was done · 64 wrong usage
`;
