import { nextEditDelay } from '../shared/surface/pace.ts';

/** What is asked of the parts. */
export type Load = { readonly answers: number; readonly sends: number };

/** What one part costs: CPU in seconds of one core, of each answer beside its sends, and of each send with the words between. */
export type PartCost = {
  readonly part: string;
  readonly answer: number;
  readonly send: number;
  /** A second in which nobody asks anything. */
  readonly idle: number;
  /** Cores that it can use at most: 1 for what works in one thread. */
  readonly cores: number;
};

/** The agent thinks for so many seconds, then writes for so many. */
export type Answer = { readonly thinks: number; readonly seconds: number };

export type Capacity = {
  readonly part: string;
  readonly answersPerSecond: number;
  /** Rooms in which an answer is under way at one time. */
  readonly roomsAtOnce: number;
  /** Rooms in which a question is asked once a minute. */
  readonly roomsOrdinary: number;
};

/** The first words and the final text. */
const ENDS = 2;

/** Edits between the first words and the final text, where nothing but the answer's own pace slows them. */
export function editsIn(seconds: number, maxEdits = 30): number {
  const calm = { maxEdits, bytes: 0, sendMs: 20, crowd: 1 };
  for (let edits = 0, ageMs = 0; ; edits++) {
    const delay = nextEditDelay({ ageMs, edits, ...calm });
    if (delay === null || ageMs + delay >= seconds * 1000) return edits;
    ageMs += delay;
  }
}

export function loadOf({ seconds }: Answer): Load {
  return { answers: 1, sends: ENDS + editsIn(seconds) };
}

/** CPU seconds, those of idleness not included. */
export function cpuOf(cost: PartCost, { answers, sends }: Load): number {
  return cost.answer * answers + cost.send * sends;
}

/** All parts on one machine of so many cores, as one. */
export function together(costs: readonly PartCost[], cores: number): PartCost {
  const sum = (key: 'answer' | 'send' | 'idle') => costs.reduce((all, cost) => all + cost[key], 0);
  return { part: `${cores} cores for all`, answer: sum('answer'), send: sum('send'), idle: sum('idle'), cores };
}

/** Answers a second at which a part takes `share` (0 to 1) of the cores that it can use. @param load of one answer. */
export function fullAt(cost: PartCost, load: Load, share: number): number {
  return Math.max(0, cost.cores * share - cost.idle) / cpuOf(cost, load);
}

export function capacityOf(cost: PartCost, answer: Answer, share: number): Capacity {
  return capacityAt(cost.part, fullAt(cost, loadOf(answer), share), answer);
}

/** Where the homeserver takes so many sends a second of the account. */
export function capacityOfSends(part: string, sendsPerSecond: number, answer: Answer): Capacity {
  return capacityAt(part, sendsPerSecond / loadOf(answer).sends, answer);
}

function capacityAt(part: string, answersPerSecond: number, { seconds, thinks }: Answer): Capacity {
  return {
    part,
    answersPerSecond,
    roomsAtOnce: answersPerSecond * (seconds + thinks),
    roomsOrdinary: answersPerSecond * 60,
  };
}

type Measured = Load & { readonly cpu: number };

/**
 * What an answer and a send cost, from two loads that differ in how many sends an answer has. Where one of the two would come out
 * below nothing, it was too little to be measured: then the other is all of what the load cost that has more of it.
 */
export function solveCost(few: Measured, many: Measured): Pick<PartCost, 'answer' | 'send'> {
  const all = few.answers * many.sends - many.answers * few.sends;
  const answer = (few.cpu * many.sends - many.cpu * few.sends) / all;
  const send = (few.answers * many.cpu - many.answers * few.cpu) / all;
  if (answer < 0) return { answer: 0, send: Math.max(0, many.cpu / many.sends) };
  if (send < 0) return { answer: Math.max(0, few.cpu / few.answers), send: 0 };
  return { answer, send };
}
