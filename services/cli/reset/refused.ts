/** Nothing was done, and why: exit code 2. The text says what would make it possible. */
export class Refused extends Error {}
