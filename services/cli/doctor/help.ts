/** What `surfaces doctor --help` adds. */
export const DOCTOR_HELP = `
Looks at everything that surfaces needs, where the environment or the running stack of SURFACES_HOME says that it is: Node,
settings, Postgres, Redis, the homeserver with the bot’s account, the agent host with each of its agents, the volume. A line
each: ✓ well, ! works and should be changed, ✗ wrong; and what to do. What hangs is given up after some seconds, and said.

It changes nothing, but for two things that it takes back at once: it writes and removes a file in AGENTS_DIR, and it makes,
leaves and forgets a room of the bot’s own, since only a short burst of sends shows how the homeserver limits them.

  --json              as JSON: a list of {name, level, text, remedy}

Exit codes: 0 nothing is wrong, though there may be warnings · 1 something is wrong · 64 wrong usage
`;
