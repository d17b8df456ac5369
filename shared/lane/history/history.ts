/** What happened in a run of lanes under faults, as seen from outside of them: by the database and by who was talked to. */
export type HistoryEvent =
  | { readonly type: 'page'; readonly from: string; readonly to: string }
  /**
   * `deadly`: whoever runs it is killed. `place`: it was kept for another one, which has put something there (`filled`) or
   * not (`empty`), as it should (`due`) or should not.
   */
  | {
      readonly type: 'taken';
      readonly lane: string;
      readonly key: string;
      readonly deadly?: boolean;
      readonly place?: { readonly is: 'filled' | 'empty'; readonly due: 'filled' | 'empty' };
    }
  | {
      readonly type: 'started';
      readonly lane: string;
      readonly key: string;
      readonly epoch: number;
      readonly overlaps: boolean;
    }
  | {
      readonly type: 'committed';
      readonly lane: string;
      readonly seq: number;
      readonly epoch: number;
      readonly newest: number;
    }
  | { readonly type: 'said'; readonly lane: string; readonly key: string; readonly op: string; readonly epoch: number };

/** The epoch that an error is said with. */
export const FAILED = -1;

export type Leftover = { readonly items: number; readonly sends: number; readonly holders: number };

/**
 * Every promise that the history breaks, in words; empty where it keeps all of them: each item taken once, answered
 * exactly once, in order, with the answer that was committed, or with an error where it kills whoever runs it; what was put
 * into a kept place as much as any other, and an empty one never; one valid run at a time; nothing left at the end.
 */
export function checkHistory(events: readonly HistoryEvent[], left: Leftover): string[] {
  const broken: string[] = [];
  const froms = new Set<string>();
  const taken = Map.groupBy(
    events.filter((event) => event.type === 'taken'),
    (event) => event.lane,
  );
  /** What is not to be run, by its number in the lane. */
  const isEmpty = (lane: string, seq: number) => taken.get(lane)?.[seq - 1]?.place?.is === 'empty';
  const committed = new Map<string, { seq: number; epochs: Map<number, number> }>();
  const said = new Map<string, { keys: string[]; ops: Set<string> }>();
  const saidEpochs: { lane: string; key: string; epoch: number }[] = [];

  for (const event of events) {
    if (event.type === 'page') {
      if (froms.has(event.from)) broken.push(`two pages were taken from ${event.from || 'the start'}`);
      froms.add(event.from);
    } else if (event.type === 'started') {
      if (event.overlaps) broken.push(`${event.key} was started while another run of ${event.lane} held a valid lease`);
    } else if (event.type === 'committed') {
      const lane = committed.get(event.lane) ?? { seq: 0, epochs: new Map<number, number>() };
      committed.set(event.lane, lane);
      let next = lane.seq + 1;
      while (next < event.seq && isEmpty(event.lane, next)) next += 1;
      if (event.seq !== next) broken.push(`${event.lane}: ${event.seq} was committed after ${lane.seq}`);
      if (event.epoch !== event.newest)
        broken.push(`${event.lane}: epoch ${event.epoch} committed, ${event.newest} held it`);
      lane.seq = event.seq;
      lane.epochs.set(event.seq, event.epoch);
    } else if (event.type === 'said') {
      const lane = said.get(event.lane) ?? { keys: [], ops: new Set<string>() };
      said.set(event.lane, lane);
      if (lane.ops.has(event.op)) continue;
      lane.ops.add(event.op);
      lane.keys.push(event.key);
      saidEpochs.push(event);
    }
  }

  for (const [lane, items] of taken) {
    const keys = items.map((item) => item.key);
    const answers = said.get(lane)?.keys ?? [];
    for (const { key, place } of items)
      if (place && place.is !== place.due)
        broken.push(`${lane}: the place ${key} is ${place.is}, and not ${place.due}`);
    if (new Set(keys).size !== keys.length) broken.push(`${lane}: an item was taken twice`);
    for (const { key, place } of items) {
      const times = answers.filter((answer) => answer === key).length;
      if (times !== (place?.is === 'empty' ? 0 : 1)) broken.push(`${lane}: ${key} was answered ${times} times`);
    }
    if (answers.join() !== keys.filter((key) => answers.includes(key)).join()) {
      broken.push(`${lane}: taken ${keys.join(' ')}, answered ${answers.join(' ')}`);
    }
    for (const { key, epoch } of saidEpochs.filter((event) => event.lane === lane)) {
      const by = committed.get(lane)?.epochs.get(keys.indexOf(key) + 1);
      const deadly = items.find((item) => item.key === key)?.deadly ?? false;
      if (deadly !== (epoch === FAILED))
        broken.push(`${lane}: ${key} ${deadly ? 'did not end' : 'ended'} with an error`);
      else if (!deadly && by !== epoch)
        broken.push(`${lane}: ${key} was answered by epoch ${epoch} and committed by ${by}`);
    }
  }
  for (const lane of said.keys()) if (!taken.has(lane)) broken.push(`${lane}: answered without an item`);
  for (const [what, count] of Object.entries(left)) if (count !== 0) broken.push(`${count} ${what} are left`);
  return broken;
}
