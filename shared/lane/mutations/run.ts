import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTATIONS, type Mutation } from './mutations.ts';

// node shared/lane/mutations/run.ts [words…]: each safeguard taken out of a copy must be noticed by the history's checker.
// Each argument chooses those that its words are in. Needs DATABASE_URL. Exits with the number that nobody noticed.
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** A fault may need several histories to strike at the right moment. */
const SEEDS = 8;

async function histories(root: string, scenario: string): Promise<{ broke: boolean; line: string }> {
  const args = ['shared/lane/history/run.ts', scenario, '1', String(SEEDS)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'exit');
  return { broke: code !== 0, line: output.trim().split('\n').at(-1) ?? '' };
}

function copyWith(mutation: Mutation | null): string {
  const root = mkdtempSync(path.join(tmpdir(), 'lane-mutation-'));
  cpSync(path.join(ROOT, 'shared'), path.join(root, 'shared'), { recursive: true });
  cpSync(path.join(ROOT, 'prisma/migrations'), path.join(root, 'prisma/migrations'), { recursive: true });
  cpSync(path.join(ROOT, 'package.json'), path.join(root, 'package.json'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
  if (mutation) {
    const file = path.join(root, mutation.file);
    const parts = readFileSync(file, 'utf8').split(mutation.find);
    if (parts.length !== 2) throw new Error(`“${mutation.what}”: found ${parts.length - 1} times in ${mutation.file}`);
    writeFileSync(file, parts.join(mutation.put));
  }
  return root;
}

const phrases = process.argv.slice(2);
const chosen = MUTATIONS.filter(({ what }) => phrases.length === 0 || phrases.some((words) => what.includes(words)));
let unnoticed = 0;
for (const scenario of new Set(chosen.map((mutation) => mutation.scenario))) {
  const root = copyWith(null);
  const { broke, line } = await histories(root, scenario);
  console.log(`${broke ? '✗' : '✓'} as it is, ${scenario}: ${line}`);
  if (broke) unnoticed += 1;
  rmSync(root, { recursive: true });
}
for (const mutation of chosen) {
  const root = copyWith(mutation);
  const { broke, line } = await histories(root, mutation.scenario);
  console.log(`${broke ? '✓ noticed' : '✗ UNNOTICED'}  ${mutation.what}\n             ${line}`);
  if (!broke) unnoticed += 1;
  rmSync(root, { recursive: true });
}
console.log(`${chosen.length - unnoticed} of ${chosen.length} mutations were noticed`);
process.exit(unnoticed);
