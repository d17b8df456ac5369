import { withDeadline } from '../../../shared/time/time.ts';
import type { Checked } from '../adapter.ts';
import type { ProcessPool } from './process/process-pool.ts';

/** Who asks waits for five seconds. */
const PATIENCE_MS = 4_800;
const LATE = 'the agent did not answer initialize within 5 s';

/** Whether the agent’s program starts and answers. One that was not there stays for the turns to come, also when it is late. */
export async function checkAgent(pool: ProcessPool, withoutSecrets: (text: string) => string): Promise<Checked> {
  try {
    const asked = pool.lend(new AbortController().signal, undefined, async (process) => process);
    asked.catch(() => {});
    const { abilities, modes } = await withDeadline(asked, PATIENCE_MS, () => new Error(LATE));
    const { name = 'an agent without a name', version = 'of unknown version', load, resume, fork, images } = abilities;
    const can = [
      load || resume ? 'finds its conversations again' : 'forgets conversations with its process',
      ...(fork ? ['copies them'] : []),
      ...(images ? ['takes pictures'] : []),
      modes ? `modes: ${modes.join(', ')}` : 'modes are known with the first conversation',
    ];
    return { ok: true, detail: withoutSecrets(`${name} ${version}; ${can.join('; ')}`) };
  } catch (error) {
    const { message, cause } = error as Error;
    return { ok: false, problem: withoutSecrets(cause ? `the agent does not start: ${cause}` : message) };
  }
}
