import { describe } from '../../shared/errors/surfaces-error.ts';
import { stackHome } from '../../shared/stack/stack-home.ts';
import { Supervisor } from './supervisor.ts';

// Started by `npm run up`, in a session of its own, so that it outlives the terminal. Its output is logs/supervisor.log.
const supervisor = new Supervisor(stackHome(process.env), process.env);
let ending = false;

/** Asked a second time, it does not let the roles take their time. */
async function end(code: number): Promise<void> {
  if (ending) return supervisor.hurry();
  ending = true;
  await supervisor.stop();
  process.exit(code);
}

process.on('SIGTERM', () => void end(0));
process.on('SIGINT', () => void end(0));
process.on('SIGHUP', () => void supervisor.rescale());

try {
  await supervisor.start();
} catch (error) {
  console.error(describe(error));
  supervisor.fail(error);
  await end(1);
}
