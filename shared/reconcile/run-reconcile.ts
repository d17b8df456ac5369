import type { RunKind } from '../store/reconcile-runs.ts';
import type { Action, Plan } from './actions.ts';
import { type CarryingOut, carryOut } from './carry-out/carry-out.ts';
import type { Facts } from './facts.ts';
import { type Gathering, gather } from './gather/gather.ts';
import { gatherLightly } from './gather/gather-lightly.ts';
import { makePlan } from './plan/make-plan.ts';

/** What a comparison of Matrix with the record has found. */
export type Comparison = {
  readonly facts: Facts;
  readonly plan: Plan;
  /** How often each kind of action is planned. */
  readonly counts: Readonly<Partial<Record<Action['do'], number>>>;
  /** Rooms that the bot is in. */
  readonly rooms: number;
  readonly ms: number;
};

/** Looks and plans; nothing is done: this is a dry run. */
export async function compare(kind: RunKind, gathering: Gathering): Promise<Comparison> {
  const began = performance.now();
  const facts = await (kind === 'full' ? gather : gatherLightly)(gathering);
  const plan = makePlan(facts);
  const counts: Partial<Record<Action['do'], number>> = {};
  for (const action of plan.actions) counts[action.do] = (counts[action.do] ?? 0) + 1;
  const rooms = facts.seen.length + (facts.unreadable?.length ?? 0);
  return { facts, plan, counts, rooms, ms: performance.now() - began };
}

/** Looks, plans, and does it. Once it is done, and what is to be mended in Matrix is mended, there is nothing to plan. */
export async function runReconcile(
  { id, kind }: { readonly id: string; readonly kind: RunKind },
  parts: Gathering & CarryingOut,
): Promise<Comparison> {
  const began = performance.now();
  const found = await compare(kind, parts);
  parts.signal?.throwIfAborted();
  await carryOut(found.plan, found.facts, id, parts);
  return { ...found, ms: performance.now() - began };
}
