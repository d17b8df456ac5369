/** The file is no archive of ours, is not whole, or not what was written. */
export class Damaged extends Error {}
