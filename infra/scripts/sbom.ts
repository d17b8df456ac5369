import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';

// `npm run sbom`: what runs in production, as CycloneDX. npm's own `--omit dev` leaves out packages that production needs
// where one of development wants them as a peer (npm 11: pg, zod), so what production comes to is followed here.

type Bom = {
  components: { 'bom-ref': string; name: string }[];
  dependencies: { ref: string; dependsOn: string[] }[];
  metadata: { component: { 'bom-ref': string } };
};
type Manifest = Partial<Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>>;

const given = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], { cwd: PROJECT_ROOT, maxBuffer: 64 << 20 });
const bom = JSON.parse(given.toString()) as Bom;
const manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as Manifest;

const nameOf = (ref: string) => ref.slice(0, ref.lastIndexOf('@'));
const development = new Set(Object.keys(manifest.devDependencies ?? {}));
const leadsTo = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
const root = bom.metadata.component['bom-ref'];
const found = new Set([root]);
for (const ref of found) {
  // What is there for development alone is also a peer of some packages of production, such as Prisma's CLI of its client.
  for (const next of leadsTo.get(ref) ?? []) if (!development.has(nameOf(next))) found.add(next);
}

const components = bom.components.filter((component) => found.has(component['bom-ref']));
const dependencies = bom.dependencies
  .filter(({ ref }) => found.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((next) => found.has(next)) }));
process.stdout.write(`${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`);
