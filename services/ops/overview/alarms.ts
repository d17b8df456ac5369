import { type Alert, isAmiss } from '../../../shared/runtime/alerts/alert.ts';
import { ALERTS } from '../../../shared/runtime/alerts/alerts.ts';
import { MEASURES } from './measures.ts';
import type { Sample } from './sample.ts';
import { onceFor } from './window.ts';

/** That something is amiss as an alert says. */
export type Alarm = {
  readonly alert: Alert;
  /** What it is measured of: a process, a queue, a code; empty where there is only one. */
  readonly of: string;
  readonly value: number;
  /** Since when it has been so without a break, epoch milliseconds. */
  readonly since: number;
  /** It has been so for as long as the alert wants. */
  readonly fires: boolean;
};

/** Two samples that are further apart say nothing of what was between them. */
const BREAK_MS = 60_000;

/** All that is amiss at the end of a history; what fires comes first, and what is critical before what is not. */
export function alarmsOf(samples: readonly Sample[]): Alarm[] {
  if (samples.length === 0) return [];
  const alarms = ALERTS.flatMap((alert) => {
    const amiss = Object.entries(measured(alert, samples, samples.length - 1));
    return amiss.filter(([, value]) => isAmiss(alert, value)).map(([of, value]) => alarmOf(alert, of, value, samples));
  });
  return alarms.sort((one, other) => rank(one) - rank(other));
}

function alarmOf(alert: Alert, of: string, value: number, samples: readonly Sample[]): Alarm {
  const last = samples.length - 1;
  const enoughMs = alert.forMinutes * 60_000;
  let first = last;
  const isSo = (index: number) => {
    const before = samples[index];
    if (!before || samples[index + 1]!.at - before.at > BREAK_MS) return false;
    const measure = measured(alert, samples, index)[of];
    return measure !== undefined && isAmiss(alert, measure);
  };
  while (isSo(first - 1)) first -= 1;
  const since = samples[first]!.at;
  return { alert, of, value, since, fires: samples[last]!.at - since >= enoughMs };
}

function measured(alert: Alert, samples: readonly Sample[], last: number): Readonly<Record<string, number>> {
  return onceFor(alert, { samples, last }, (window) => MEASURES[alert.name]?.(window) ?? {});
}

function rank({ fires, alert }: Alarm): number {
  return (fires ? 0 : 2) + (alert.severity === 'critical' ? 0 : 1);
}
