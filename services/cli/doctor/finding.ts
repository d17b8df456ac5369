/** One thing that was looked at. */
export type Finding = {
  readonly name: string;
  /** `warning`: it works and should not stay so. `error`: something does not work. */
  readonly level: 'ok' | 'warning' | 'error';
  readonly text: string;
  /** What to do. Lines of their own that begin with `$ ` are commands. */
  readonly remedy?: string;
};
