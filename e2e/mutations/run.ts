import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTATIONS, type Mutation } from './mutations.ts';

const USAGE = `node e2e/mutations/run.ts [--check] [WORD …]

Applies each mutation whose name contains a WORD (all, without one) to a copy of the tree, and runs its test there. The
test has to fail. --check only tells whether each mutation still fits the sources. Exit code 1 when one survived.
`;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['bench', 'e2e', 'infra', 'prisma', 'services', 'shared', 'package.json', 'package-lock.json'];
const CONFIGURATION = ['tsconfig.json', 'prisma.config.ts', 'vitest.config.ts'];

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const words = args.filter((arg) => !arg.startsWith('--'));
const chosen = MUTATIONS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
let bad = 0;
for (const mutation of chosen) {
  const began = performance.now();
  const verdict = fits(mutation) ?? (args.includes('--check') ? 'fits' : await tryOut(mutation));
  if (!['fits', 'found'].includes(verdict)) bad++;
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`${verdict.padEnd(10)} ${String(seconds).padStart(4)} s  ${mutation.name}\n`);
}
process.stdout.write(`${chosen.length - bad} of ${chosen.length} ${args.includes('--check') ? 'fit' : 'found'}\n`);
process.exitCode = bad === 0 ? 0 : 1;

/** Undefined when the text to replace stands in the file exactly once. */
function fits({ file, find }: Mutation): string | undefined {
  const times = readFileSync(join(ROOT, file), 'utf8').split(find).length - 1;
  return times === 1 ? undefined : `fits ${times}×`;
}

/** `found`: the test failed. `survived`: it passed. `no start`: the broken build did not even come up, which proves nothing. */
async function tryOut(mutation: Mutation): Promise<string> {
  const tree = mkdtempSync(join(tmpdir(), 'surfaces-mutation-'));
  try {
    for (const name of [...COPIED, ...CONFIGURATION]) cpSync(join(ROOT, name), join(tree, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const path = join(tree, mutation.file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(mutation.find, () => mutation.replace),
    );
    const { code, output } = await runTest(tree, mutation);
    if (process.env.VERBOSE) process.stdout.write(output);
    if (/No test files found|no tests/i.test(output) || /\b0 passed, 0 failed/.test(output)) return 'no test';
    if (/(up|down)( --\S+)* ended with/.test(output)) return 'no start';
    return code === 0 ? 'survived' : 'found';
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function runTest(tree: string, { test }: Mutation): Promise<{ code: number | null; output: string }> {
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  const pattern = test.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const child = spawn(process.execPath, [vitest, 'run', test.file, '-t', pattern], {
    cwd: tree,
    env: { ...process.env, SURFACES_E2E_ROOT: tree },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}
