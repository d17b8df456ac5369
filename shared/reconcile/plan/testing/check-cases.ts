import { expect, test } from 'vitest';
import type { Action, Note } from '../../actions.ts';
import type { Facts } from '../../facts.ts';
import { makePlan } from '../make-plan.ts';
import { carriedOut } from './carry-out.ts';

/** What happened; the facts that it leaves; what is to be done, in this order; and what is only noted. */
export type Case = readonly [string, Facts, readonly Action[], (readonly Note[])?];

/** Each case is planned as it says, and once that is carried out there is nothing to plan. */
export function checkCases(cases: readonly Case[]): void {
  for (const [what, facts, actions, notes = []] of cases)
    test(what, () => {
      const plan = makePlan(facts);
      expect(plan.actions).toEqual(actions);
      expect(plan.notes).toEqual(notes);
      expect(makePlan(carriedOut(facts, plan)).actions).toEqual([]);
    });
}
