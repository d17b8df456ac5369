import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lookAtEnv } from '../../shared/config/read-env.ts';
import { unknownVariables } from '../../shared/config/unknown-variables.ts';
import { requiredIn, VARIABLES, type Variable, type VariableName } from '../../shared/config/variables.ts';
import { SHUTDOWN_MS } from '../../shared/runtime/role.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { rolesOfBuild } from '../../shared/stack/roles-of-build.ts';
import { roleVariables } from '../scripts/role-variables.ts';
import { readSources } from '../scripts/source-tree.ts';
import { type Manifest, ofKind, podsOf } from './testing/built.ts';
import { environmentOf, secretsOf } from './testing/environment.ts';
import { STACKS, STEPS, why } from './testing/stacks.ts';

const read = roleVariables(readSources(PROJECT_ROOT));
const isSecret = (name: VariableName) => (VARIABLES[name] as Variable<unknown>).secret === true;
const roles = [...STACKS].flatMap(([stack, manifests]) =>
  [...podsOf(manifests)].map(([role, pod]) => ({ what: `${stack}: ${role}`, role, pod, manifests })),
);
const pods = [
  ...roles,
  ...[...STEPS].flatMap(([step, manifests]) =>
    [...podsOf(manifests)].map(([role, pod]) => ({ what: step, role, pod, manifests })),
  ),
];
const containersOf = (pod: Manifest): Manifest[] => [...(pod.spec.initContainers ?? []), ...pod.spec.containers];

/** The same roles with Compose. */
const composed = parse(readFileSync(join(PROJECT_ROOT, 'infra/docker/roles.yml'), 'utf8'), { merge: true }).services;

describe.skipIf(STACKS.size === 0)(`the roles in Kubernetes${why ? ` (skipped: ${why})` : ''}`, () => {
  test.each([...STACKS])('%s has all of them', (name, manifests) => {
    const own = name === 'staging' || name.endsWith('with the agent host');
    const expected = rolesOfBuild().filter((role) => own || role !== 'agent-host');
    expect([...podsOf(manifests).keys()].toSorted()).toEqual(expected.toSorted());
  });

  test.each(roles)('$what: runs it, with the secrets that it reads and no others', ({ role, pod, manifests }) => {
    const [container] = pod.spec.containers;
    expect(container.args).toEqual([role]);
    const names = read.get(role)!;
    const environment = environmentOf(pod, manifests);
    const wanted = requiredIn(environment).filter((name) => names.includes(name) && isSecret(name));
    expect(Object.keys(secretsOf(pod)).toSorted()).toEqual(wanted.toSorted());
    const mounts = container.volumeMounts.map(({ mountPath }: Manifest) => mountPath);
    expect(mounts.includes('/agents')).toBe(names.includes('AGENTS_DIR'));
    expect(environment.AGENTS_DIR).toBe(names.includes('AGENTS_DIR') ? '/agents' : undefined);
  });

  test.each(roles)('$what: its settings are whole, and none is unknown', ({ role, pod, manifests }) => {
    const environment = environmentOf(pod, manifests);
    // Of the agents’ variables those of the kind that was chosen.
    const required = requiredIn(environment);
    const names = read
      .get(role)!
      .filter((name) => (VARIABLES[name] as Variable<unknown>).production !== undefined || required.includes(name));
    const chosen = names.filter((name) => !(role === 'agent-host' && name === 'AGENT' && !environment.AGENT));
    expect(lookAtEnv(environment, chosen).problems.map(({ text }) => text)).toEqual([]);
    expect(unknownVariables(environment)).toEqual([]);
  });

  test('settings are no secrets, and all of them are variables', () => {
    const names = [...STACKS, ...STEPS].flatMap(([, manifests]) =>
      ofKind('ConfigMap', manifests).flatMap(({ data }) => Object.keys(data) as VariableName[]),
    );
    expect(names.filter((name) => !VARIABLES[name] || isSecret(name))).toEqual([]);
  });

  test.each([...STEPS])('%s: has what it reads', (_, manifests) => {
    const [pod] = podsOf(manifests).values();
    expect(Object.keys(secretsOf(pod))).toEqual(['DATABASE_URL']);
    expect(pod.spec.containers[0].args[0]).toBe('migrate');
  });

  test.each(roles)('$what: has the time to stop, and the memory, that it has with Compose', ({ role, pod }) => {
    const { stop_grace_period: stops, mem_limit: memory } = composed[role];
    const [, seconds] = /(\d+)s\b/.exec(stops)!;
    expect(pod.spec.terminationGracePeriodSeconds).toBe(Number(seconds));
    const drainMs = VARIABLES.AGENT_DRAIN.parse.parse(VARIABLES.AGENT_DRAIN.production);
    expect(Number(seconds) * 1000).toBeGreaterThan(SHUTDOWN_MS + (role === 'agent-host' ? drainMs : 0));
    expect(pod.spec.containers[0].resources.limits).toEqual({
      memory: memory.replace(/[mg]$/, (unit: string) => `${unit.toUpperCase()}i`),
    });
  });

  test.each(roles)('$what: is asked whether it is well, and has three misses of five seconds', ({ pod }) => {
    const { startupProbe, livenessProbe, readinessProbe } = pod.spec.containers[0];
    expect(startupProbe.httpGet.path).toBe('/live');
    expect(livenessProbe.httpGet.path).toBe('/live');
    expect(livenessProbe.failureThreshold).toBeGreaterThanOrEqual(3);
    expect(livenessProbe.periodSeconds).toBeGreaterThanOrEqual(5);
    expect(readinessProbe.httpGet.path).toBe('/ready');
  });

  test.each(pods)('$what: is closed', ({ pod, manifests }) => {
    const { automountServiceAccountToken, enableServiceLinks, securityContext } = pod.spec;
    expect({ automountServiceAccountToken, enableServiceLinks }).toEqual({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const container of containersOf(pod)) {
      expect(container.securityContext, container.name).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    const namespaces = manifests.filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace);
    expect(new Set(namespaces).size).toBe(1);
  });

  test.each([...STACKS, ...STEPS])('%s: all of one version, which has a number', (_, manifests) => {
    const images = [...podsOf(manifests).values()].flatMap((pod) => containersOf(pod).map(({ image }) => image));
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/:\d+\.\d+\.\d+$/);
  });

  test.each([...STACKS])('%s: what is several leaves one at a time', (_, manifests) => {
    const once = ['reconcile-worker', 'ops', 'agent-host'];
    const budgets = ofKind('PodDisruptionBudget', manifests);
    expect(budgets.every(({ spec }) => spec.maxUnavailable === 1)).toBe(true);
    expect(budgets.map(({ spec }) => spec.selector.matchLabels['app.kubernetes.io/component']).toSorted()).toEqual(
      [...podsOf(manifests).keys()].filter((role) => !once.includes(role)).toSorted(),
    );
    for (const { metadata, spec } of ofKind('Deployment', manifests)) {
      expect(spec.replicas === 1, metadata.name).toBe(once.includes(metadata.name));
      expect(spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/component': metadata.name });
    }
    const ingress = ofKind('Deployment', manifests).find(({ metadata }) => metadata.name === 'ingress');
    expect(ingress.spec).toMatchObject({ replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 1 } } });
  });
});
