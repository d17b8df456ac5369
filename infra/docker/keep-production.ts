import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// In the image, after `npm ci`: removes what production does not load. `npm ci --omit=dev` would leave packages of development where one of
// production wants them as a peer that it can do without (Prisma's command line, TypeScript: 200 MB), since the lockfile gives them one flag.
// Removes also what is for readers and editors: types, source maps, manuals; never a licence.
type Entry = Partial<Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', Record<string, string>>>;

const { packages } = JSON.parse(readFileSync('node_modules/.package-lock.json', 'utf8')) as {
  packages: Record<string, Entry & { link?: boolean; resolved?: string }>;
};
const own = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
const development = new Set(Object.keys(own.devDependencies ?? {}));

/** Where Node finds a package that one at `from` asks for: in the nearest node_modules above. */
function placeOf(name: string, from: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = join(at, 'node_modules', name);
    if (packages[place]) return place;
    if (at === '') return undefined;
  }
}

const kept = new Set<string>();
function keep(name: string, from: string): void {
  const place = placeOf(name, from);
  if (!place || kept.has(place)) return;
  kept.add(place);
  const { dependencies, optionalDependencies, peerDependencies } = packages[place]!;
  for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) keep(next, place);
  for (const next of Object.keys(peerDependencies ?? {})) if (!development.has(next)) keep(next, place);
}
for (const name of Object.keys(own.dependencies!)) keep(name, '');

const gone = Object.keys(packages).filter((place) => place.startsWith('node_modules/') && !kept.has(place));
for (const place of gone) {
  const holdsKept = [...kept].some((each) => each.startsWith(`${place}/`));
  if (!holdsKept) rmSync(place, { recursive: true, force: true });
}
rmSync('node_modules/.bin', { recursive: true, force: true });

const FOR_READERS = /(\.d\.[cm]?ts|\.map|\.tsbuildinfo|\.md|\.markdown)$/i;
const LICENCE = /licen[cs]e|notice|copying/i;
/** Prisma's engines for databases that are not Postgres. */
const OTHER_DATABASES = /\.(cockroachdb|mysql|sqlite|sqlserver)\./;
for (const entry of readdirSync('node_modules', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  const other = path.includes('@prisma/client/runtime/') && OTHER_DATABASES.test(entry.name);
  if (entry.isFile() && !LICENCE.test(entry.name) && (other || FOR_READERS.test(entry.name))) rmSync(path);
}
for (const scope of readdirSync('node_modules')) {
  if (scope.startsWith('@') && readdirSync(join('node_modules', scope)).length === 0)
    rmdirSync(join('node_modules', scope));
}
process.stdout.write(`${kept.size} packages kept, ${gone.length} removed\n`);
