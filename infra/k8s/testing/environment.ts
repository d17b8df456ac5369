import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VARIABLES, type VariableName } from '../../../shared/config/variables.ts';
import { type Manifest, ofKind } from './built.ts';

const files = mkdtempSync(join(tmpdir(), 'surfaces-secrets-'));

/** The secrets that a pod has: those that are mounted and named by a `…_FILE`, variable → key. */
export function secretsOf(pod: Manifest): Record<string, string> {
  const [container] = pod.spec.containers;
  const { secret } = pod.spec.volumes.find(({ name }: Manifest) => name === 'secrets');
  const { mountPath } = container.volumeMounts.find(({ name }: Manifest) => name === 'secrets');
  const mounted = new Map<string, string>(
    secret.items.map(({ key, path }: Manifest) => [`${mountPath}/${path}`, key] as const),
  );
  const named: [string, string][] = container.env.flatMap(({ name, value }: Manifest) =>
    name.endsWith('_FILE')
      ? [[name.replace(/_FILE$/, ''), mounted.get(value) ?? `${value}, which is not mounted`]]
      : [],
  );
  const unnamed = [...mounted.values()].filter((key) => !named.some(([, each]) => each === key));
  return Object.fromEntries([...named, ...unnamed.map((key) => [`${key}, which nothing names`, key])]);
}

/** What a pod’s process has in its environment, with files for its secrets that hold what the docs show. */
export function environmentOf(pod: Manifest, manifests: readonly Manifest[]): Record<string, string> {
  const [container] = pod.spec.containers;
  const settings = container.envFrom.map(
    ({ configMapRef }: Manifest) =>
      ofKind('ConfigMap', manifests).find(({ metadata }) => metadata.name === configMapRef.name).data,
  );
  const given = container.env.map(({ name, value, valueFrom }: Manifest) => [
    name,
    value ?? valueFrom.fieldRef.fieldPath,
  ]);
  const secrets = Object.keys(secretsOf(pod)).map((name) => {
    const file = join(files, name);
    writeFileSync(file, VARIABLES[name as VariableName].example.replace(/change-me|…/, 'a-password'));
    return [`${name}_FILE`, file];
  });
  return { ...Object.assign({}, ...settings), ...Object.fromEntries([...given, ...secrets]) };
}
