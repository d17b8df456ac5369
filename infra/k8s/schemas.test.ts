import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import type { Manifest } from './testing/built.ts';
import { STACKS, STEPS, why } from './testing/stacks.ts';

/** Where the schemas of a group of kinds come from; Kubernetes’ own where none is named. */
const MODELS: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};
const everything = [...STACKS, ...STEPS].flatMap(([stack, manifests]) =>
  manifests.map((manifest) => ({ what: `${stack}: ${manifest.kind} ${manifest.metadata.name}`, manifest })),
);

function moduleOf({ apiVersion, kind }: Manifest): string {
  return `${MODELS[apiVersion.split('/')[0]] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

async function problemOf(manifest: Manifest): Promise<string | undefined> {
  const { [manifest.kind]: Model } = await import(/* @vite-ignore */ moduleOf(manifest));
  try {
    new Model(manifest).validate();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What schemas let through: names that there are not. The types of the same packages know all that there are. */
function unknownNames(manifests: readonly Manifest[]): string {
  // Where the packages are found from.
  const folder = mkdtempSync(join(PROJECT_ROOT, '.surfaces-test', 'manifests-'));
  try {
    const modules = [...new Map(manifests.map((each) => [moduleOf(each), each.kind]))];
    const lines = [
      ...modules.map(([module, kind]) => `import type { I${kind} } from '${module}';`),
      ...manifests.map((each, index) => `export const m${index}: I${each.kind} = ${JSON.stringify(each, null, 1)};`),
    ];
    writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'];
    const tsc = join(PROJECT_ROOT, 'node_modules/.bin/tsc');
    execFileSync(tsc, [...options, '--ignoreConfig', '--types', '', 'manifests.ts'], { cwd: folder, encoding: 'utf8' });
    return '';
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(STACKS.size === 0)(
  `the schemas of Kubernetes, KEDA and the Prometheus Operator${why ? ` (skipped: ${why})` : ''}`,
  () => {
    test.each(everything)('$what', async ({ manifest }) => expect(await problemOf(manifest)).toBeUndefined());

    test('all names in them are known', () => {
      expect(unknownNames(everything.map(({ manifest }) => manifest))).toBe('');
    });

    test('a wrong value is noticed, and a wrong name', async () => {
      const { manifest } = everything.find(({ manifest: { kind } }) => kind === 'Deployment')!;
      const wrong = structuredClone(manifest);
      wrong.spec.replicas = 'two';
      expect(await problemOf(wrong)).toContain('replicas');
      const unknown = structuredClone(manifest);
      unknown.spec.template.spec.containers[0].livnessProbe = {};
      expect(unknownNames([unknown])).toContain('livnessProbe');
    });
  },
);
