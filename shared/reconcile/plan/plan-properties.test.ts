import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomId, UserId } from '../../ids/ids.ts';
import type { Action } from '../actions.ts';
import type { Facts } from '../facts.ts';
import { ownersIn } from '../owner-of.ts';
import { makePlan } from './make-plan.ts';
import { carriedOut } from './testing/carry-out.ts';
import { randomFacts } from './testing/random-facts.ts';
import { BOT } from './testing/scenes.ts';

const RUNS = { numRuns: 2_000 };

/** Only when this is done is it seen what else a room needs: it is one of ours from then on, or its row went with another. */
function opens(action: Action, { rooms }: Facts): boolean {
  if (action.do !== 'adopt') return action.do === 'follow' || action.do === 'claim';
  return rooms.some(({ sessionId }) => sessionId !== null && sessionId === action.state.session_id);
}

/** Carries out plan after plan, ten at most. @returns what was done in each, the last of which did nothing. */
function rounds(facts: Facts, isLetIn: (room: RoomId) => boolean): { done: Action['do'][]; opens: boolean }[] {
  const all: ReturnType<typeof rounds> = [];
  let now = facts;
  do {
    const plan = makePlan(now);
    all.push({
      done: plan.actions.map((action) => action.do),
      opens: plan.actions.some((action) => opens(action, now)),
    });
    now = carriedOut(now, plan, isLetIn);
  } while (all.at(-1)!.done.length > 0 && all.length < 10);
  return all;
}

describe('a plan, whatever the facts', () => {
  test('leaves nothing to do once it is carried out', () => {
    fc.assert(
      fc.property(randomFacts, fc.func(fc.boolean()), (facts, isLetIn) => {
        const all = rounds(facts, isLetIn);
        expect(all.at(-1)!.done).toEqual([]);
        for (const round of all.slice(0, -2)) expect(round).toMatchObject({ opens: true });
      }),
      RUNS,
    );
  });

  test('does not depend on the order in which they came', () => {
    fc.assert(
      fc.property(randomFacts, fc.infiniteStream(fc.nat()), (facts, numbers) => {
        const shuffled = <Each>(list: readonly Each[]): Each[] =>
          list
            .map((each) => ({ each, at: numbers.next().value! }))
            .sort((one, other) => one.at - other.at)
            .map(({ each }) => each);
        const other: Facts = {
          ...facts,
          seen: shuffled(facts.seen).map((room) => ({ ...room, children: shuffled(room.children) })),
          rooms: shuffled(facts.rooms),
          people: shuffled(facts.people),
        };
        expect(makePlan(other)).toEqual(makePlan(facts));
      }),
      RUNS,
    );
  });

  test('concerns nobody’s room but that of whom it is done for', () => {
    fc.assert(
      fc.property(randomFacts, (facts) => {
        const { actions } = makePlan(facts);
        const ownerOf = ownersIn(facts);
        const owns = (person: UserId) => (room: RoomId) => {
          const own = facts.seen.find(({ roomId }) => roomId === room)?.own;
          const recorded = facts.rooms.find(({ roomId }) => roomId === room);
          return (own?.owner ?? recorded?.owner ?? person) === person && (own !== null || recorded?.owner === person);
        };
        for (const action of actions) {
          const person = ownerOf(action);
          expect([action, person]).not.toContain(undefined);
          expect(person).not.toBe(BOT);
          const rooms = [
            ...('room' in action && action.do !== 'claim' ? [action.room] : []),
            ...('space' in action && action.space !== null ? [action.space] : []),
            ...('kept' in action ? [action.kept] : []),
          ];
          expect([action, rooms.filter((room) => !owns(person)(room))]).toEqual([action, []]);
        }
      }),
      RUNS,
    );
  });

  test('claims a room only for the one person who can be meant', () => {
    fc.assert(
      fc.property(randomFacts, (facts) => {
        const claims = makePlan(facts).actions.filter((action) => action.do === 'claim');
        expect(new Set(claims.map(({ room }) => room)).size).toBe(claims.length);
        for (const { room, owner } of claims) {
          const { memberships, createdBy, own } = facts.seen.find(({ roomId }) => roomId === room)!;
          expect([createdBy, own]).toEqual([BOT, null]);
          if (Object.keys(memberships).length > 0) expect(Object.keys(memberships)).toContain(owner);
          expect(facts.rooms.find(({ roomId }) => roomId === room)?.owner ?? owner).toBe(owner);
        }
      }),
      RUNS,
    );
  });

  test('loses nothing: no row, no conversation’s session, no link of a conversation that is in use', () => {
    fc.assert(
      fc.property(randomFacts, (facts) => {
        const plan = makePlan(facts);
        const after = carriedOut(facts, plan);
        expect(after.rooms.length).toBeGreaterThanOrEqual(facts.rooms.length);
        const sessions = (all: Facts) => all.seen.flatMap(({ own }) => own?.session_id ?? []);
        expect(new Set(sessions(after))).toEqual(new Set([...sessions(after), ...sessions(facts)]));
        const twins = plan.notes.flatMap((note) => (note.note === 'twin' ? [note.room] : []));
        const chats = facts.seen.filter(
          ({ roomId, own, successor }) =>
            own?.kind === 'chat' && own.state === 'active' && !successor && !twins.includes(roomId),
        );
        const linked = ({ seen }: Facts) => {
          const spaces = seen.filter(({ own }) => own?.kind === 'space');
          const isLinked = ({ roomId, own }: Facts['seen'][number]) =>
            spaces.some((space) => space.own?.owner === own?.owner && space.children.includes(roomId));
          return chats.filter(isLinked).map(({ roomId }) => roomId);
        };
        expect(linked(after)).toEqual(expect.arrayContaining(linked(facts)));
      }),
      RUNS,
    );
  });
});
