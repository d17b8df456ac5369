import type { MetricValues } from '../../../shared/runtime/metric-values.ts';
import type { Look } from './look.ts';
import { addedSince, type Counted, countedBy, gatherValues, type Sample, statesOf } from './sample.ts';

/** What was counted until the last sample. */
export type Before = { readonly at: number; readonly counted: Counted };

/** A sample of a look, and what the next one is to be held against. */
export function takeSample(look: Look, before: Before | undefined): { readonly sample: Sample; readonly next: Before } {
  const counted = countedBy(processesOf(look));
  const added = before ? addedSince(before.counted, before.at, counted) : {};
  // A process that is not heard of just now is not new when it is heard of again.
  const next = { at: look.at, counted: { ...before?.counted, ...counted } };
  return { sample: { ...sampleNow(look, look.at), added }, next: look.redisAway ? next : { at: look.at, counted } };
}

/** A sample between two: as everything is now, with what was counted until the last one. */
export function sampleNow(look: Look, until: number): Sample {
  const processes = processesOf(look);
  return {
    at: look.at,
    until,
    known: look.redisAway === undefined,
    values: { ...gatherValues(processes), ...measuredHere(look) },
    added: {},
    processes: statesOf(processes),
  };
}

function processesOf({ redisAway, carried, own }: Look) {
  return redisAway === undefined && carried ? carried.processes : own;
}

/** Under the names that reconcile-worker tells the same under: here it is measured also while that is away. */
function measuredHere({ record, carried, databaseAway, redisAway }: Look): MetricValues {
  const values: Record<string, Record<string, number>> = {};
  if (record && !databaseAway) {
    const { backlog, questions } = record;
    const one = (name: string, value: number) => {
      values[name] = { '': value };
    };
    one('surfaces_lane_pending_items', backlog.items);
    one('surfaces_lane_held', backlog.held);
    one('surfaces_lane_parked', backlog.parked);
    one('surfaces_lane_oldest_idle_seconds', backlog.oldestIdleSeconds);
    one('surfaces_lane_unsent_sends', backlog.unsent);
    one('surfaces_lane_oldest_unsent_seconds', backlog.oldestUnsentSeconds);
    values.surfaces_questions_open = labelled('kind', questions);
  }
  if (carried && !redisAway) {
    const states = Object.entries(carried.queues).flatMap(([queue, counts]) =>
      Object.entries(counts).map(([state, count]) => [`queue=${queue},state=${state}`, count] as const),
    );
    values.surfaces_queue_jobs = Object.fromEntries(states);
    if (carried.workers) values.surfaces_queue_workers = labelled('queue', carried.workers);
  }
  return values;
}

function labelled(label: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${label}=${key}`, value]));
}
