/** What `--help` adds to `block`. */
export const BLOCK_HELP = `
A person (@ann:example.org) or everybody of a homeserver (*:example.org, in quotes in a shell). It takes effect at once, in all
processes, and holds until \`unblock\` takes it back. Their rooms and files stay as they are.

  --reason TEXT       for whoever asks later; the person does not see it

Exit codes: 0 done · 1 it failed · 64 wrong usage
`;

/** What `--help` adds to `unblock`. */
export const UNBLOCK_HELP = `
Takes back a \`block\` of exactly this person (@ann:example.org) or homeserver (*:example.org, in quotes in a shell), at once and in
all processes. What they wrote meanwhile is not answered.

Exit codes: 0 done · 1 it failed, or there was nobody to unblock · 64 wrong usage
`;

/** What `--help` adds to `blocked`. */
export const BLOCKED_HELP = `
Each with when it was done, by whom, and why.

  --json              as JSON

Exit codes: 0 done · 1 it failed · 64 wrong usage
`;
