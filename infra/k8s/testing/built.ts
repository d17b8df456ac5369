import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { PROJECT_ROOT } from '../../../shared/stack/project-root.ts';

export const FOLDER = join(PROJECT_ROOT, 'infra/k8s');
export const OVERLAYS = ['production', 'staging'] as const;

// biome-ignore lint/suspicious/noExplicitAny: objects of many kinds, whose shapes schemas.test.ts looks at.
export type Manifest = any;

/** Why nothing can be built here, or nothing. */
export function whyNot(): string | undefined {
  try {
    execFileSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no kubectl, which brings kustomize';
  }
}

/** What `kubectl apply -k` would send, by kustomize itself. */
export function built(path: string, ...options: string[]): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', join(FOLDER, path), ...options], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** An overlay in which an operator has put one text in the place of another. */
export function builtWith(overlay: string, before: string, after: string): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), 'surfaces-k8s-'));
  const from = join(FOLDER, 'overlays', overlay);
  try {
    const text = readFileSync(join(from, 'kustomization.yaml'), 'utf8');
    if (!text.includes(before)) throw new Error(`${overlay} does not say ${before}`);
    const moved = text
      .replace(before, after)
      .replaceAll(/^( +- )(\S+)$/gm, (_, dash, path) => `${dash}${relative(folder, join(from, path))}`);
    writeFileSync(join(folder, 'kustomization.yaml'), moved);
    // Files of the overlay lie elsewhere now.
    return built(relative(FOLDER, folder), '--load-restrictor', 'LoadRestrictionsNone');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function ofKind(kind: string, manifests: readonly Manifest[]): Manifest[] {
  return manifests.filter((each) => each.kind === kind);
}

/** The pods of a stack, by the name of what makes them. */
export function podsOf(manifests: readonly Manifest[]): Map<string, Manifest> {
  const makers = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
  return new Map(makers.map(({ metadata, spec }) => [metadata.name, spec.template]));
}
