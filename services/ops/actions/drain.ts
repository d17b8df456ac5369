import { canDrain, drainProcess, standIns } from '../../../shared/operate/draining.ts';
import { idOf, type Presence, readProcesses } from '../../../shared/queue/presence.ts';
import type { OpsDeps } from '../area.ts';
import { html } from '../page/html.ts';
import { counted, idText } from '../page/words.ts';
import type { Action, Before } from './action.ts';

const HOME = () => '/actions';
const parts = ({ redis, control, namespace }: OpsDeps) => ({ redis, control, namespace });

async function processOf(subject: string, { redis, namespace }: OpsDeps) {
  const { there } = await readProcesses(redis, namespace);
  const found = there.find((each) => idOf(each) === subject);
  return found && canDrain(found) ? { found, others: standIns(there, found, subject) } : null;
}

export const drainAction: Action = {
  act: 'drain',
  async look(subject, deps) {
    const process = await processOf(subject, deps);
    if (!process) return null;
    const { found, others } = process;
    const alone = `No other ${found.role} is there that takes work: what comes waits, in its order, until one does.`;
    return {
      title: `Drain ${found.instance}`,
      will: [
        'The process takes no new work. What runs there goes on to its end; when the process is then stopped, nothing has to be handed over.',
        'Its /ready answers 503 and says that an operator has drained it.',
        others.length > 0
          ? `${counted(others.length, 'other process', 'other processes')} of its role go on with what comes.`
          : alone,
      ],
      wont: ['It is not stopped. It is drained until you take it back; a process that is started anew is not drained.'],
      lost: ['Nothing.'],
      facts: factsOf(found),
      button: 'Drain it',
      ...(found.draining && { not: 'It is drained already.' }),
    };
  },
  run: ({ subject }, deps) => setDrained(subject, true, deps),
  home: HOME,
};

export const undrainAction: Action = {
  act: 'undrain',
  async look(subject, deps): Promise<Before | null> {
    const process = await processOf(subject, deps);
    if (!process) return null;
    return {
      title: `Let ${process.found.instance} take work again`,
      will: ['The process takes work again, at once.'],
      lost: ['Nothing.'],
      facts: factsOf(process.found),
      button: 'Undrain it',
      ...(!process.found.draining && { not: 'It is not drained.' }),
    };
  },
  run: ({ subject }, deps) => setDrained(subject, false, deps),
  home: HOME,
};

async function setDrained(subject: string, drained: boolean, deps: OpsDeps) {
  const process = await processOf(subject, deps);
  if (!process) return { state: 'nothing', text: 'there is no such process any more' } as const;
  return drainProcess(parts(deps), process.found, drained);
}

function factsOf({ role, instance, host, pid, metrics }: Presence) {
  const running = Object.values(metrics.surfaces_wakes_running ?? {}).reduce((sum, value) => sum + value, 0);
  return html`<dl class="facts">
    <dt>Process</dt><dd>${idText(instance)}, ${role}, pid ${pid} on ${idText(host)}</dd>
    <dt>Runs there</dt><dd>${counted(running, 'piece of work', 'pieces of work')}, as it last said</dd>
  </dl>`;
}
