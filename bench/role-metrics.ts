import type { RunningRole } from '../shared/stack/stack-file.ts';

/** The sum of a counter over all roles, for the series whose labels hold every one of `labels`. */
export async function sumOf(
  roles: readonly RunningRole[],
  metric: string,
  matches: (labels: string) => boolean = () => true,
): Promise<number> {
  let sum = 0;
  for (const role of roles) {
    const text = await (await fetch(`${role.url}/metrics`)).text();
    for (const [, labels = '', value] of text.matchAll(new RegExp(`^${metric}(\\{[^}]*\\})? (\\S+)$`, 'gm'))) {
      if (matches(labels)) sum += Number(value);
    }
  }
  return sum;
}

/** Requests to the homeserver so far, without those that are there whether or not anybody speaks. */
export async function requestsSoFar(roles: readonly RunningRole[]): Promise<number> {
  const other = /kind="(sync|typing|whoami|versions)"/;
  return sumOf(roles, 'surfaces_matrix_requests_total', (labels) => !other.test(labels));
}
