import { percentile } from '../../../bench/percentile.ts';
import type { Seen } from '../../streaming-load.ts';
import { seconds } from '../seconds.ts';

type Step = { readonly name: string; readonly began: number; readonly ended: number };

/** How long the steps of an upgrade took, and what those saw who were being answered meanwhile. */
export class StepTimes {
  readonly #steps: Step[] = [];

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#steps.push({ name, began, ended: performance.now() });
    }
  }

  /** A table for the log; the last column is the longest time in which an answer stood still that streamed in this step. */
  table(title: string, { answers, gaps, waits }: Seen): string {
    const pauses = answers.flatMap(({ parts }) =>
      parts.flatMap(({ versions }) =>
        versions.slice(1).map(({ at }, index) => ({ from: versions[index]!.at, to: at, ms: at - versions[index]!.at })),
      ),
    );
    const longestIn = ({ began, ended }: Step) =>
      Math.max(0, ...pauses.filter(({ from, to }) => from < ended && to > began).map(({ ms }) => ms));
    const rows = this.#steps.map((step) => [step.name, seconds(step.ended - step.began), seconds(longestIn(step))]);
    const width = Math.max(...rows.map(([name]) => name!.length));
    const show = (values: readonly number[]) => [0.5, 1].map((share) => seconds(percentile(values, share))).join(' / ');
    return [
      `${title}: ${answers.length} answers; median / longest pause ${show(gaps)}, to first words ${show(waits)}`,
      ...[['step', 'took', 'pause'], ...rows].map(
        ([a, b, c]) => `  ${a!.padEnd(width)} ${b!.padStart(8)} ${c!.padStart(8)}`,
      ),
    ].join('\n');
  }
}
