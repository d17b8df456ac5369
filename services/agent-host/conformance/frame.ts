/** A frame as it came: the suite checks hosts against the schemas itself, so it trusts nothing. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** What went over the wire, either way. `at` in ms of `performance.now`. */
export type Passed = { readonly at: number } & (
  | { readonly from: 'client'; readonly sent: Record<string, unknown> | string | Buffer }
  | { readonly from: 'host'; readonly frame: Frame; readonly bytes: number }
);

/** The type that a frame is given which is no message at all. */
export const NO_MESSAGE = '(no message)';
