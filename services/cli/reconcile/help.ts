/** What `surfaces reconcile --help` adds. */
export const RECONCILE_HELP = `
Compares the rooms that the bot is in with what the database says of them. Matrix is the authority: what the database lacks is
taken over, what is gone is marked (and never deleted), and what is missing in Matrix, such as a room’s place in its Space, is
made. The reconcile worker does this by itself: fully at its start and each night, lightly every five minutes.

  --dry-run           only look, and say what would be done
  --light             only Spaces, and rooms that the database does not know or that do not fit
  --json              as JSON: the plan, or with a run its result

Without --dry-run a run is asked for, done by a reconcile worker, and waited for.

Exit codes: 0 nothing is to be done, or it is done · 2 with --dry-run: something is to be done · 1 it failed · 64 wrong usage
`;
