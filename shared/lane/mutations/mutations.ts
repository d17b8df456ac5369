import type { SCENARIOS } from '../history/scenarios.ts';

/** A lane with one of its safeguards taken out: `find` stands exactly once in `file` and becomes `put`. */
export type Mutation = {
  readonly what: string;
  readonly scenario: keyof typeof SCENARIOS;
  readonly file: string;
  readonly find: string;
  readonly put: string;
};

const ACQUIRE = 'prisma/migrations/20261129000000_lane_kept_places/migration.sql';
const RELEASE = 'prisma/migrations/20261127000000_lane_park_and_hand_over/migration.sql';
const INTAKE = 'shared/lane/intake.ts';
const LEASE = 'shared/lane/lease.ts';
const COMMIT = 'shared/lane/commit.ts';
const FLUSH = 'shared/lane/flush-sends.ts';
const RUN = 'shared/lane/run-lane.ts';
const LET_GO = 'shared/lane/let-go.ts';

/**
 * Not in the list, because the others make up for them (which is why they are there): `holder = mine` in the commit
 * beside `epoch = mine`; what a fenced commit answers (the clock has said it already); the question whose a commit with a lost answer was (without it the next holder says it); the
 * quick sweep beside the full one; the second look at a kept place (what it is for happens between two statements of a
 * function); the wake of another queue's workers (theirs is on its way, or the sweep finds it).
 */
export const MUTATIONS: readonly Mutation[] = [
  {
    what: 'a held lane is taken all the same',
    scenario: 'chaos',
    file: ACQUIRE,
    find: 'IF state.holder IS NOT NULL AND state.lease_until > clock_timestamp() THEN',
    put: 'IF false THEN',
  },
  {
    what: 'acquire does not lock the row before it looks',
    scenario: 'hammer',
    file: ACQUIRE,
    find: 'SELECT * INTO state FROM lane WHERE lane_id = p_lane FOR UPDATE;\n  IF NOT FOUND',
    put: 'SELECT * INTO state FROM lane WHERE lane_id = p_lane;\n  IF NOT FOUND',
  },
  {
    what: 'release does not look for what is next',
    scenario: 'hammer',
    file: RELEASE,
    find: 'IF freed AND (p_wait_ms IS NULL OR state.nudged) THEN',
    put: 'IF false THEN',
  },
  {
    what: 'what was committed and not said is forgotten',
    scenario: 'chaos',
    file: ACQUIRE,
    find: ') INTO unsent FROM lane_send WHERE lane_id = p_lane AND sent_at IS NULL;',
    put: ') INTO unsent FROM lane_send WHERE false;',
  },
  {
    what: 'a commit does not look at its epoch',
    scenario: 'pauses',
    file: COMMIT,
    find: 'AND epoch = $2 AND holder = $4 AND done_seq',
    put: 'AND $2::bigint > 0 AND $4::text IS NOT NULL AND done_seq',
  },
  {
    what: 'a commit does not look at the item before',
    scenario: 'chaos',
    file: COMMIT,
    find: ' AND done_seq = $3 - 1',
    put: '',
  },
  {
    what: 'a commit does not record what is to be said',
    scenario: 'chaos',
    file: COMMIT,
    find: 'FROM held, unnest',
    put: 'FROM (SELECT * FROM held WHERE false) held, unnest',
  },
  {
    what: 'it is said before it is committed',
    scenario: 'chaos',
    file: RUN,
    find: '    held = await commit(sql, leases.holder, lease, said);\n  } catch',
    put: '    await flushSends(lease, said.map((send) => ({ ...send, createdAt: 0 })), options.deliver, log);\n    held = await commit(sql, leases.holder, lease, said);\n  } catch',
  },
  {
    what: 'a send that failed counts as sent',
    scenario: 'chaos',
    file: FLUSH,
    find: '        continue;',
    put: '        return null;',
  },
  {
    what: 'sends that were not made are marked',
    scenario: 'chaos',
    file: FLUSH,
    find: "    if (outcome === 'lost') break;",
    put: '',
  },
  {
    what: 'no heartbeat notices a lost lease, and the clock does not either',
    scenario: 'chaos',
    file: LEASE,
    find: "if (performance.now() >= this.deadline) this.abort({ cancel: false, why: 'lost' });",
    put: '',
  },
  {
    what: 'a lane without wakes of its own is not told of what is next',
    scenario: 'hammer',
    file: LET_GO,
    find: '    if (next) await options.wake(lease.lane, next);',
    put: '',
  },
  {
    what: 'nobody counts how often a worker was lost',
    scenario: 'deadly',
    file: ACQUIRE,
    find: 'lost := lost + 1;',
    put: '',
  },
  {
    what: 'what lost its worker goes on at once, all at the same time',
    scenario: 'deadly',
    file: ACQUIRE,
    find: 'IF lost BETWEEN 3 AND 7 AND',
    put: 'IF false AND',
  },
  {
    what: 'a hopeless item is run again',
    scenario: 'deadly',
    file: RUN,
    find: 'hopeless ? fail(options, lease, item, context, new Hopeless(losses)) : ',
    put: '',
  },
  {
    what: 'the losses of an item count for the next one',
    scenario: 'deadly',
    file: ACQUIRE,
    find: 'IF state.lost_seq = head.seq THEN',
    put: 'IF true THEN',
  },
  {
    what: 'the token is not compared',
    scenario: 'chaos',
    file: INTAKE,
    find: 'WHERE source = $1 AND token = $2 RETURNING',
    put: "WHERE source = $1 AND $2 <> '' RETURNING",
  },
  {
    what: 'known items are taken again',
    scenario: 'chaos',
    file: INTAKE,
    find: 'WHERE NOT EXISTS (SELECT FROM lane_item i WHERE i.key = g.key)',
    put: '',
  },
  {
    what: 'items of a page are numbered in another order',
    scenario: 'hammer',
    file: INTAKE,
    find: 'row_number() OVER (PARTITION BY lane_id ORDER BY nth)',
    put: 'row_number() OVER (PARTITION BY lane_id ORDER BY nth DESC)',
  },
  {
    what: 'intake wakes nobody',
    scenario: 'hammer',
    file: INTAKE,
    find: 'wakes: row.accepted ? (row.wakes ?? [])',
    put: 'wakes: row.accepted ? []',
  },
  {
    what: 'a kept place holds nothing up',
    scenario: 'chaos',
    file: ACQUIRE,
    find: 'is_blocked := NOT coalesce(is_kept_for_done, true);',
    put: 'is_blocked := false;',
  },
  {
    what: 'a kept place that stayed empty is run',
    scenario: 'chaos',
    file: ACQUIRE,
    find: 'UPDATE lane SET done_seq = state.done_seq + 1, waits = 0 WHERE lane_id = p_lane RETURNING * INTO state;',
    put: 'EXIT;',
  },
  {
    what: 'what waits at a kept place is not looked at again',
    scenario: 'hammer',
    file: RUN,
    find: 'if (acquired.waitMs !== undefined) ',
    put: 'if (false) ',
  },
];
