import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { runCommand } from './run-command.ts';

/** In every Debian-like system already, and not to be mixed with its own: the C library and its helpers. */
const OF_THE_SYSTEM =
  /^(libc6|libc-bin|libgcc-s1|libcrypt1|adduser|lsb-base|init-system-helpers|dpkg|perl.*|python3.*)$/;

/** Unpacks Debian packages into a folder, without installing them: no root is needed and the system stays as it is. */
export async function unpackPackages(names: readonly string[], folder: string, signal?: AbortSignal): Promise<void> {
  try {
    await runCommand({ file: 'apt-get', args: ['download', ...names], cwd: folder }, signal);
  } catch (error) {
    // A fresh container has no package lists; only root may fetch them.
    if (process.getuid?.() !== 0) throw error;
    await runCommand({ file: 'apt-get', args: ['update', '-q'] }, signal);
    await runCommand({ file: 'apt-get', args: ['download', ...names], cwd: folder }, signal);
  }
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await runCommand({ file: 'dpkg', args: ['-x', join(folder, file), folder] }, signal);
  }
}

/** What a package needs beside itself, one level deep. */
export async function dependenciesOf(name: string, signal?: AbortSignal): Promise<string[]> {
  const output = await runCommand({ file: 'apt-cache', args: ['depends', '--important', name] }, signal);
  return [...output.matchAll(/^\s*\|?Depends: ([^<\s]+)$/gm)]
    .map((match) => match[1] ?? '')
    .filter((dependency) => !OF_THE_SYSTEM.test(dependency));
}

/** Where unpacked packages keep their libraries, for `LD_LIBRARY_PATH`. */
export function libraryPath(folder: string): string {
  const triplets: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };
  const triplet = triplets[process.arch];
  if (!triplet) throw new SurfacesError('bringup_failed', `no Debian packages are known for ${process.arch}`);
  return ['usr/lib', 'lib'].map((base) => join(folder, base, `${triplet}-linux-gnu`)).join(':');
}
