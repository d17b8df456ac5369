/** What `surfaces reset --help` adds. */
export const RESET_HELP = `
Takes a development account back to nothing, for a fresh start: removes people from the rooms that the bot made, leaves and
forgets all rooms of the bot, and empties database, Redis and volume of this stack. The stack has to be down; its embedded
servers are started for it, and stopped again. First it shows what it will do, and asks.

  --dev               has to be said: nobody resets by mistake
  --yes               do not ask (where there is no terminal, nothing is done without it)
  --homeserver URL    allow this homeserver, though it is not at a private or loopback address; it has to be the configured one
  --json              plan and result as JSON; does not ask

Other schemas, keys, files and rooms are left alone. It refuses with SURFACES_ENV=production and while another process of the
stack is running. It may be interrupted at any moment and run again.

Exit codes: 0 done, or nothing to do · 1 it failed part-way, run it again · 2 refused, nothing was done · 64 wrong usage
`;
