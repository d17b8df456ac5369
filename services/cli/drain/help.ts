/** What `--help` adds to `drain` and `undrain`. */
export const DRAIN_HELP = `
A drained process takes no new work. What runs there goes on to its end, and others take what comes. It holds until it is taken
back, or until the process ends: one that is started anew is not drained. Its /ready answers 503 meanwhile and says why.

  role                turn-worker, command-worker or attachment-worker
  index               one of them: 2, or its name; without it, all of this role, and then nobody does its work

Exit codes: 0 done · 1 there is no such process, or it failed · 64 wrong usage
`;
