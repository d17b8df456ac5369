/** What `surfaces config --help` adds. */
export const CONFIG_HELP = `
Every setting with its value and where that comes from: the environment, a file that NAME_FILE names, the running stack of
SURFACES_HOME, or the default. Secrets are masked, also inside URLs and in the JSON of AGENTS. Then what is wrong with them,
all at once, and variables that nothing reads. It asks no server anything: doctor does. docs/CONFIGURATION.md says what each means.

  --json              as JSON, with the meaning of each

Exit codes: 0 nothing is wrong · 64 wrong usage · 78 a setting has to be changed
`;
