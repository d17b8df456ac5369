/** What `--help` adds to `block`, `unblock` and `blocked`. */
export const BLOCK_HELP = `
A person (@ann:example.org) or everybody of a homeserver (*:example.org, in quotes in a shell). It takes effect at once, in all
processes, and holds until it is taken back. Their rooms and files stay as they are.

  --reason TEXT       for whoever asks later; the person does not see it (block)
  --json              as JSON (blocked)

Exit codes: 0 done · 1 it failed, or there was nobody to unblock · 64 wrong usage
`;
