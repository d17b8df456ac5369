/** What `surfaces rooms --help` adds. */
export const ROOMS_HELP = `
Lists what the record knows of the bot’s rooms, the one used last first. Two lines a room: its name, kind, owner, state, when it
was used last, and what goes on in it (“turn” while one runs, and how many messages wait); then its id and its session’s.

  --owner @x:y        only this person’s
  --state s           only those that are active, or archived
  --limit n           at most so many, 200 if nothing is said
  --json              as JSON

Exit codes: 0 done · 1 it failed · 64 wrong usage
`;
