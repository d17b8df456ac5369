/** One thing that was looked at. */
export type Finding = {
  readonly name: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly text: string;
  readonly remedy?: string;
};
