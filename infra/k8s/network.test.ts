import { describe, expect, test } from 'vitest';
import type { VariableName } from '../../shared/config/variables.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { roleVariables } from '../scripts/role-variables.ts';
import { readSources } from '../scripts/source-tree.ts';
import { type Manifest, ofKind, podsOf } from './testing/built.ts';
import { STACKS, STEPS, why } from './testing/stacks.ts';

const read = roleVariables(readSources(PROJECT_ROOT));

/** Who reads where something is may go there, and nobody else. */
const WAYS: readonly (readonly [VariableName, string])[] = [
  ['DATABASE_URL', 'TCP 5432'],
  ['REDIS_URL', 'TCP 6379'],
  ['MATRIX_HOMESERVER_URL', 'TCP 443'],
  ['AGENT_URL', 'TCP 7700'],
];
const DNS = ['UDP 53', 'TCP 53'];

type Labels = Readonly<Record<string, string>>;

function selects({ matchLabels = {}, matchExpressions = [] }: Manifest, labels: Labels): boolean {
  if (!matchExpressions.every(({ operator }: Manifest) => operator === 'In'))
    throw new Error('no other operator is read here');
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }: Manifest) => values.includes(labels[key]))
  );
}

function rulesFor(labels: Labels, way: 'ingress' | 'egress', manifests: readonly Manifest[]): Manifest[] {
  return ofKind('NetworkPolicy', manifests)
    .filter(({ spec }) => selects(spec.podSelector, labels))
    .flatMap(({ spec }) => spec[way] ?? []);
}

const portsOf = (rules: readonly Manifest[]): string[] =>
  rules.flatMap(({ ports }) => ports.map(({ protocol, port }: Manifest) => `${protocol} ${port}`));

describe.skipIf(STACKS.size === 0)(`the network in Kubernetes${why ? ` (skipped: ${why})` : ''}`, () => {
  test.each([...STACKS])('%s: nothing goes in or out that no policy names', (_, manifests) => {
    const all = ofKind('NetworkPolicy', manifests).find(({ spec }) => !spec.ingress && !spec.egress);
    expect(all.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const { metadata, spec } of ofKind('NetworkPolicy', manifests).filter((each) => each !== all)) {
      // A rule without ports opens all of them.
      for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
        expect(rule.ports?.length, metadata.name).toBeGreaterThan(0);
      for (const rule of spec.ingress ?? []) expect(rule.from?.length, metadata.name).toBeGreaterThan(0);
    }
  });

  test.each([...STACKS])('%s: each role goes where it reads that something is', (_, manifests) => {
    for (const [role, { metadata }] of podsOf(manifests)) {
      const own = read.get(role)!;
      // For the agent host it is where it listens itself.
      const ways = WAYS.filter(([name]) => own.includes(name) && !(role === 'agent-host' && name === 'AGENT_URL'));
      const expected = [...DNS, ...ways.map(([, port]) => port)];
      expect(portsOf(rulesFor(metadata.labels, 'egress', manifests)).toSorted(), role).toEqual(expected.toSorted());
    }
  });

  test('the migration goes to Postgres', () => {
    const labels = [...STEPS].flatMap(([, manifests]) =>
      [...podsOf(manifests).values()].map(({ metadata }) => metadata.labels),
    );
    for (const each of labels)
      expect(portsOf(rulesFor(each, 'egress', STACKS.get('production')!)).toSorted()).toEqual(
        [...DNS, 'TCP 5432'].toSorted(),
      );
  });

  test.each([...STACKS])(
    '%s: Prometheus gets in everywhere, the page is for the ingress controller',
    (_, manifests) => {
      const sources = { monitoring: 'prometheus', 'ingress-nginx': undefined };
      for (const [role, { metadata, spec }] of podsOf(manifests)) {
        const rules = rulesFor(metadata.labels, 'ingress', manifests).filter(({ ports }) => ports[0].port === 'http');
        const from = rules.flatMap((rule) =>
          rule.from.map(({ namespaceSelector, podSelector }: Manifest) => [
            namespaceSelector.matchLabels['kubernetes.io/metadata.name'],
            podSelector?.matchLabels['app.kubernetes.io/name'],
          ]),
        );
        const { monitoring, ...others } = sources;
        expect(Object.fromEntries(from), role).toEqual({ monitoring, ...(role === 'ops' ? others : {}) });
        expect(spec.containers[0].ports[0]).toEqual({ name: 'http', containerPort: 9090 });
      }
    },
  );

  test.each([...STACKS])('%s: each Service has somebody behind it, under the name of its port', (_, manifests) => {
    for (const { metadata, spec } of ofKind('Service', manifests)) {
      const behind = [...podsOf(manifests).values()].filter((pod) =>
        selects({ matchLabels: spec.selector }, pod.metadata.labels),
      );
      expect(behind.length, metadata.name).toBeGreaterThan(0);
      for (const pod of behind) {
        const names = pod.spec.containers[0].ports.map(({ name }: Manifest) => name);
        for (const { targetPort } of spec.ports) expect(names).toContain(targetPort);
      }
    }
  });

  test('the roles find the agent host, and only they', () => {
    const manifests = STACKS.get('staging')!;
    const { hostname, port } = new URL(ofKind('ConfigMap', manifests)[0].data.AGENT_URL);
    const service = ofKind('Service', manifests).find(({ metadata }) => metadata.name === hostname);
    expect(service.spec.ports).toMatchObject([{ port: Number(port), targetPort: 'agents' }]);
    const host = podsOf(manifests).get('agent-host');
    const rules = rulesFor(host.metadata.labels, 'ingress', manifests).filter(
      ({ ports }) => ports[0].port === 'agents',
    );
    const callers = [...podsOf(manifests)].filter(([, { metadata }]) =>
      rules.some(({ from }) => from.some(({ podSelector }: Manifest) => selects(podSelector, metadata.labels))),
    );
    const readers = [...read].filter(([role, names]) => names.includes('AGENT_URL') && role !== 'agent-host');
    expect(callers.map(([role]) => role).toSorted()).toEqual(readers.map(([role]) => role).toSorted());
  });
});
