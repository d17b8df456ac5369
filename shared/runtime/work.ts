import { AsyncLocalStorage } from 'node:async_hooks';
import type { SpanPlace } from './span.ts';

/** Ids and the like that stand on log lines. What a person or an agent wrote is never among them. */
export type Bindings = Readonly<Record<string, string | number | undefined>>;

/** One piece of work of this process: an item of a lane, or a turn that the agent host runs. */
export type Work = {
  readonly bindings: Record<string, string | number | undefined>;
  /** Answers 429 that its sends have met. */
  limited: number;
  /** Why it is put back, or left: a code, or the name of what was thrown. */
  why: string | undefined;
  /** What its one line at the end says, where it has something to say itself. */
  end: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> } | undefined;
};

type Here = { readonly work: Work; readonly place: SpanPlace | undefined };

// Node carries it over await, timers and callbacks: what is called deep in a turn need not be given a logger of the turn.
const here = new AsyncLocalStorage<Here | undefined>();

function workOf(bindings: Bindings): Work {
  return { bindings: { ...bindings }, limited: 0, why: undefined, end: undefined };
}

/** Runs something as a piece of work of its own: every log line on the way carries the bindings. @param place its span's. */
export function inWork<T>(bindings: Bindings, run: (work: Work) => T, place?: SpanPlace): T {
  const work: Work = workOf(bindings);
  return here.run({ work, place }, run, work);
}

/** Below another span, as the same piece of work. Without any work around it, the bindings are none. */
export function atPlace<T>(place: SpanPlace, run: () => T): T {
  const work = here.getStore()?.work ?? workOf({});
  return here.run({ work, place }, run);
}

/** Runs what outlives the work that needs it first, such as a connection: its lines are about nobody's turn. */
export function outsideWork<T>(run: () => T): T {
  return here.run(undefined, run);
}

/** @returns what runs a function later, from wherever, as part of the work that this is called in. */
export function carryWork(): <T>(run: () => T) => T {
  const carried = here.getStore();
  return (run) => here.run(carried, run);
}

export function currentWork(): Work | undefined {
  return here.getStore()?.work;
}

export function currentPlace(): SpanPlace | undefined {
  return here.getStore()?.place;
}

/** From here on these stand on the lines of the current work, too. */
export function bindToWork(bindings: Bindings): void {
  const work = currentWork();
  if (work) Object.assign(work.bindings, bindings);
}

/** The one line of the current work at its end, which is written when all of it is done. */
export function sayAtEnd(message: string, fields: Readonly<Record<string, unknown>>): void {
  const work = currentWork();
  if (work) work.end = { message, fields };
}
