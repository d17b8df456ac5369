import { cpus } from 'node:os';
import type { Figure } from '../figures.ts';
import { cpuOf, fullAt, type PartCost, together } from '../scaling-model.ts';
import type { Spent } from './part-meter.ts';

/**
 * A machine that was as full as could be, against what the model says of it: how many answers, and, which also holds where
 * others work on the machine, how much CPU each took.
 */
export function heldAgainst(homeserver: string, costs: readonly PartCost[], full: Spent): Figure[] {
  const group = `The model held against a full machine, ${homeserver}, ${full.answers} answers`;
  const { answers, sends, seconds } = full;
  const perAnswer = { answers: 1, sends: sends / answers };
  const each = [...costs, together(costs, cpus().length)].map((cost) => fullAt(cost, perAnswer, 1));
  const measured = [...full.cpu.values()].reduce((sum, cpu) => sum + cpu, 0);
  const said = costs.reduce((sum, cost) => sum + cpuOf(cost, full) + cost.idle * seconds, 0);
  return [
    { group, name: 'answers a second, by the model', value: Math.min(...each), unit: '/s' },
    { group, name: 'answers a second, measured', value: answers / seconds, unit: '/s' },
    { group, name: 'CPU an answer, measured : model', value: measured / said, unit: '' },
  ];
}
