import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { cached } from './cache.ts';
import { unpackPackages } from './debian-packages.ts';
import { PROJECT_ROOT } from './project-root.ts';
import { runCommand } from './run-command.ts';

export type SynapseBinary = { readonly python: string; readonly version: string };

/** What Synapse was tried with: the same server on every machine. */
const CONSTRAINTS = join(PROJECT_ROOT, 'infra', 'synapse', 'constraints.txt');
/** The oldest Python that the pinned packages take. */
const OLDEST_PYTHON = 11;
const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];
const REMEDY = 'or set MATRIX_HOMESERVER_URL and MATRIX_ACCESS_TOKEN to use a homeserver that runs already';

/**
 * The pinned Synapse of PyPI, installed into the cache if it is not there: about half a minute and 240 MB, once for all
 * clones. `onBuild` is called before that begins.
 * @throws SurfacesError `bringup_failed` that says what to install.
 */
export async function findSynapse(
  cache: string,
  onBuild: () => void = () => {},
  signal?: AbortSignal,
): Promise<SynapseBinary> {
  const constraints = readFileSync(CONSTRAINTS, 'utf8');
  const version = /^matrix-synapse==(.+)$/m.exec(constraints)?.[1] ?? '';
  const python = await findPython(signal);
  const pins = createHash('sha256').update(constraints).digest('hex').slice(0, 8);
  const folder = await cached(
    cache,
    `synapse-${version}-${pins}-python${python.version}-${process.arch}`,
    (into) => install(python.file, version, into, signal),
    // The link leads to the system's Python, which may have gone since.
    { signal, onBuild, holds: (path) => existsSync(pythonOf(path)) },
  );
  return { python: pythonOf(folder), version };
}

/** The scripts of a moved environment name its old place in their first line; its Python finds the new one. */
function pythonOf(folder: string): string {
  return join(folder, 'bin', 'python');
}

async function findPython(signal?: AbortSignal): Promise<{ file: string; version: string }> {
  const found: string[] = [];
  for (const file of PYTHONS) {
    try {
      const output = await runCommand(
        { file, args: ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'] },
        signal,
      );
      const version = output.trim();
      if (isNewEnough(version)) return { file, version };
      found.push(version);
    } catch {
      if (signal?.aborted) throw signal.reason;
    }
  }
  const what = found.length > 0 ? `only Python ${found.join(', ')}` : 'no Python';
  throw new SurfacesError(
    'bringup_failed',
    `${what} was found, and Synapse needs 3.${OLDEST_PYTHON} or newer: install it ` +
      `(apt-get install python3 python3-venv), ${REMEDY}`,
  );
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= OLDEST_PYTHON);
}

async function install(python: string, version: string, folder: string, signal?: AbortSignal): Promise<void> {
  const pip = await makeEnvironment(python, folder, signal);
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--constraint', CONSTRAINTS];
  try {
    await runCommand(
      { file: pythonOf(folder), args: [...pip, 'install', ...options, `matrix-synapse==${version}`] },
      signal,
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new SurfacesError(
      'bringup_failed',
      `Synapse ${version} could not be installed from PyPI; check the network, ${REMEDY}\n${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Makes a virtual environment. Debian's Python comes without pip: then Debian's wheel of it serves. @returns how to call pip. */
async function makeEnvironment(python: string, folder: string, signal?: AbortSignal): Promise<string[]> {
  try {
    await runCommand({ file: python, args: ['-m', 'venv', folder] }, signal);
    return ['-m', 'pip'];
  } catch (error) {
    if (signal?.aborted) throw error;
  }
  try {
    await runCommand({ file: python, args: ['-m', 'venv', '--clear', '--without-pip', folder] }, signal);
    const unpacked = join(folder, 'debian');
    mkdirSync(unpacked);
    await unpackPackages(['python3-pip-whl'], unpacked, signal);
    const [wheel] = globSync('usr/share/python-wheels/pip-*.whl', { cwd: unpacked });
    // A wheel is a zip file, from which Python runs.
    return [join(unpacked, wheel ?? 'no pip', 'pip')];
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new SurfacesError(
      'bringup_failed',
      `Python makes no virtual environment: install python3-venv (apt-get install python3-venv), ${REMEDY}`,
      { cause: error },
    );
  }
}
