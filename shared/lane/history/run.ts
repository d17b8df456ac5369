import { liveThrough } from './live-through.ts';
import { SCENARIOS } from './scenarios.ts';

// node shared/lane/history/run.ts <chaos|hammer|pauses|deadly> <seed> [seeds]: exits with 1 at the first history that breaks a promise.
const [name = 'chaos', first = '1', many = '1'] = process.argv.slice(2);
const scenario = SCENARIOS[name as keyof typeof SCENARIOS];
if (!scenario) throw new Error(`no such scenario: ${name}`);

for (let seed = Number(first); seed < Number(first) + Number(many); seed += 1) {
  const broken = await liveThrough(scenario(seed)).catch((error) => [`it failed: ${error}`]);
  console.log(`${name} ${seed}: ${broken.length === 0 ? 'every promise kept' : broken[0]}`);
  if (broken.length > 0) process.exit(1);
}
process.exit(0);
