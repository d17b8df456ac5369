import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longer than its size says, the longest first: begun last, it would be waited for alone. */
const LONG = [
  'e2e/kill',
  'e2e/lost-record',
  'e2e/rooms',
  'e2e/files-kill',
  'e2e/deadly',
  'e2e/files',
  'e2e/agent-away',
  'e2e/limits',
  'e2e/rolling',
  'shared/queue/wedged-redis',
  'shared/lane/history/live-through',
  'services/ingress/sync-loop',
  'services/agent-host/conformance/python-host',
  'services/command-worker/main',
  'infra/systemd/running',
  'services/reconcile-worker/reconcile',
].map((name) => `${name}.test.ts`);

/** The order of test files within a project: those above, then, as Vitest has it, by their size. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/${name}`));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((one, other) => placeOf(one) - placeOf(other));
  }
}
