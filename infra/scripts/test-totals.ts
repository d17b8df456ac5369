import type { Reporter, TestModule, TestSuite } from 'vitest/node';

export type Totals = { passed: number; failed: number; skipped: number };
type Skip = { readonly file: string; readonly name: string; readonly why?: string };

/** Counts what Vitest reports. What keeps tests from running at all (an import, a hook) is a failure too. */
export class TestTotals implements Reporter {
  readonly totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  readonly skips: Skip[] = [];

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.totals.failed += errors.length;
    for (const module of modules) {
      this.totals.failed += brokenOf(module);
      for (const suite of module.children.allSuites()) this.totals.failed += brokenOf(suite);
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed' || result.state === 'failed') {
          this.totals[result.state]++;
          continue;
        }
        this.totals.skipped++;
        const why = result.state === 'skipped' ? result.note : undefined;
        this.skips.push({ file: module.relativeModuleId, name: test.fullName, why });
      }
    }
  }
}

export function lastLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** 1 also when nothing ran: a filter that fits no test proves nothing. */
export function exitCode({ passed, failed, skipped }: Totals): number {
  return failed > 0 || passed + skipped === 0 ? 1 : 0;
}

/** One line for each file with skipped tests, and why they were. `missing`: the servers that the run is without. */
export function skipLines(skips: readonly Skip[], missing: readonly string[]): string[] {
  const otherwise =
    missing.length > 0 ? `no ${missing.join(', no ')} (see above)` : 'left out by a filter or by the test';
  const groups = Map.groupBy(skips, ({ file, why }) => `${file}: ${why ?? otherwise}`);
  return [...groups].map(([about, { length }]) => `skipped ${length} in ${about}`);
}

function brokenOf(part: TestModule | TestSuite): number {
  return part.errors().length;
}
