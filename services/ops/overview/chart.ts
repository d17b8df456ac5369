import { type Html, html } from '../page/html.ts';
import { hour } from './figures.ts';
import type { Sample } from './sample.ts';
import { onceFor, type Window } from './window.ts';

/** What is drawn, by the minute. */
export type Line = {
  /** Of the end of a window; undefined where it is not known. */
  readonly of: (window: Window) => number | undefined;
  /** Of the samples of a minute the highest or lowest, or the last one: what is counted by the minute. */
  readonly take: 'highest' | 'lowest' | 'last';
  readonly show: (value: number) => string;
  /** From where on it is amiss. */
  readonly limit?: number;
};

/** A minute of the hour that ends now; null where nothing is known of it. */
export type Minute = { readonly at: number; readonly value: number | null };

const MINUTES = 60;
const [WIDTH, HEIGHT] = [240, 44];
const STEP = WIDTH / (MINUTES - 1);
/** Of the table beside it. */
const ROW_MINUTES = 5;

/** The last sixty minutes of a line. */
export function minutesOf(line: Line, samples: readonly Sample[], now: number): Minute[] {
  const { of, take } = line;
  const last = Math.floor(now / 60_000);
  const values = new Map<number, number>();
  for (const [index, { at }] of samples.entries()) {
    const minute = Math.floor(at / 60_000);
    const next = samples[index + 1];
    if (take === 'last' && next && Math.floor(next.at / 60_000) === minute) continue;
    const value = onceFor(line, { samples, last: index }, of);
    if (value === undefined) continue;
    const known = values.get(minute);
    if (known === undefined || take === 'last') values.set(minute, value);
    else values.set(minute, take === 'highest' ? Math.max(known, value) : Math.min(known, value));
  }
  return Array.from({ length: MINUTES }, (_, index) => {
    const minute = last - MINUTES + 1 + index;
    return { at: minute * 60_000, value: values.get(minute) ?? null };
  });
}

/** A line over the last hour, its highest value in words, and on demand its numbers. */
export function chart(id: string, title: string, line: Line, samples: readonly Sample[], now: number): Html {
  const minutes = minutesOf(line, samples, now);
  const known = minutes.flatMap(({ value }) => (value === null ? [] : [value]));
  const first = minutes.find(({ value }) => value !== null);
  if (!first) return html`<p class="chart-none quiet">No history yet.</p>`;
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  const top = Math.max(highest, line.limit !== undefined && highest > line.limit / 2 ? line.limit : 0) || 1;
  const y = (value: number) => Number((HEIGHT - 2 - (value / top) * (HEIGHT - 5)).toFixed(1));
  const since =
    samples[0] && now - samples[0].at < (MINUTES - 2) * 60_000 ? `since ${hour(samples[0].at)}` : 'last hour';
  const extreme = line.take === 'lowest' ? `lowest ${line.show(lowest)}` : `highest ${line.show(highest)}`;
  const described = `From ${line.show(lowest)} to ${line.show(highest)}, ${since}; ${line.show(known.at(-1)!)} at the end.`;
  return html`<svg class="chart" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-labelledby=${`${id}-t ${id}-d`}>
      <title id=${`${id}-t`}>${title} over the last hour</title>
      <desc id=${`${id}-d`}>${described}</desc>
      <path class="base" d=${`M0 ${HEIGHT - 1.5}H${WIDTH}`} />
      ${line.limit !== undefined && line.limit <= top && html`<path class="limit" d=${`M0 ${y(line.limit)}H${WIDTH}`} />`}
      ${runsOf(minutes).map(
        (run) => html`<path class="area" d=${areaOf(run, y)} /><path class="line" d=${pathOf(run, y)} />`,
      )}
    </svg>
    <details id=${`${id}-n`} class="numbers">
      <summary id=${`${id}-s`}>${extreme}, ${since}</summary>
      <table>
        <caption>${title}, for each ${ROW_MINUTES} minutes</caption>
        <tbody>${rowsOf(minutes, line)}</tbody>
      </table>
    </details>`;
}

type Point = { readonly x: number; readonly value: number };

/** Minutes that follow on each other; where nothing is known there is no line. */
function runsOf(minutes: readonly Minute[]): Point[][] {
  const runs: Point[][] = [[]];
  for (const [index, { value }] of minutes.entries())
    if (value === null) runs.push([]);
    else runs.at(-1)!.push({ x: Number((index * STEP).toFixed(1)), value });
  return runs.filter((run) => run.length > 0);
}

/** A minute that stands alone is drawn as a short dash. */
function pathOf(run: readonly Point[], y: (value: number) => number): string {
  const points = run.map(({ x, value }) => `${x} ${y(value)}`);
  return `M${points.join('L')}${run.length === 1 ? 'h1' : ''}`;
}

function areaOf(run: readonly Point[], y: (value: number) => number): string {
  return `${pathOf(run, y)}V${HEIGHT - 1.5}H${run[0]!.x}Z`;
}

function rowsOf(minutes: readonly Minute[], { take, show }: Line): Html[] {
  const rows: Html[] = [];
  for (let from = 0; from < MINUTES; from += ROW_MINUTES) {
    const values = minutes.slice(from, from + ROW_MINUTES).flatMap(({ value }) => (value === null ? [] : [value]));
    if (values.length === 0) continue;
    const value = take === 'lowest' ? Math.min(...values) : Math.max(...values);
    rows.push(html`<tr><th scope="row">${hour(minutes[from]!.at)}</th><td class="number">${show(value)}</td></tr>`);
  }
  return rows;
}
