import type { Html } from '../page/html.ts';
import type { Line } from './chart.ts';
import type { Look } from './look.ts';
import { sampleOf, type Window } from './window.ts';

/** What a tile shows is made of: everything as it is now, and the history up to now. */
export type View = { readonly look: Look; readonly window: Window };

/** One thing that an operator looks at. */
export type Tile = {
  readonly id: string;
  readonly title: string;
  /** The alerts that are about it, and whose words stand on it when they fire. */
  readonly alerts: readonly string[];
  /** The one figure. */
  readonly figure: (view: View) => string;
  /** What belongs to it, in a line or two. */
  readonly note: (view: View) => string | Html;
  /** What the figure of the chart is, where it is another one. */
  readonly charted: string;
  readonly line: Line;
};

/** What comes from other processes comes through Redis. */
export function known(window: Window, text: string): string {
  return sampleOf(window).known ? text : 'Not known while Redis is away.';
}
