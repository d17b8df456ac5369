/** What `--help` adds to `demo`. */
export const DEMO_HELP = `
Brings the stack up if it is not, then shows a person who invites the bot, asks something, sends a file and answers a permission. With a
terminal it goes on as a small chat until Ctrl-C or /quit. The stack stays up.

Exit codes: 0 the answers were seen · 1 they were not · 64 wrong usage · 78 the configuration has to be changed
`;

/** What `--help` adds to `up`. */
export const UP_HELP = `
Brings up what is missing: embedded servers for what the environment does not name, then the roles. What runs already goes on. It prints
where things are and how to log in; docs/CONFIGURATION.md has all settings.

  --scale role=n      so many processes of a role; on a running stack, also fewer. Each role but agent-host and ops
  --detach            return when every role is ready; without it, stay, and stop the stack at Ctrl-C

Exit codes: 0 every role is ready, or it was stopped · 1 it failed · 64 wrong usage · 78 the configuration has to be changed
`;

/** What `--help` adds to `down`. */
export const DOWN_HELP = `
Stops the stack of SURFACES_HOME and the servers that it started; servers of yours go on. What was said is kept.

  --purge             remove all that lies in SURFACES_HOME, too: it cannot be had back

Exit codes: 0 nothing runs any more · 1 it failed · 64 wrong usage · 78 SURFACES_HOME is no home of a stack
`;
