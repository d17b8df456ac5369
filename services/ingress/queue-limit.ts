import { type EventId, type LaneId, laneOf, type UserId } from '../../shared/ids/ids.ts';
import { refused } from '../../shared/limits/limit-metrics.ts';
import { type Limits, limitsFor } from '../../shared/limits/limits.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import { knownItems, pendingOf, recentFloods } from '../../shared/store/floods.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { PageContents } from './page-contents.ts';

type Item = PageContents['items'][number];
type Message = Item & { readonly body: MessageItem };

/** What is known of a person who writes: never less than what waits, since only the record knows what has been done. */
type Known = {
  /** Messages that are not done, by lane, at most. */
  readonly lanes: Map<string, number>;
  /** The flood that goes on: its lane. */
  flood: LaneId | null;
  seenAt: number;
};

/** A person who is silent for so long is forgotten, and looked up when they write again. */
const FORGET_MS = 10 * 60_000;

/**
 * How many messages of a person may wait. What is over it is put into a lane of its flood instead of the room's: there it
 * is told, with one notice that counts, and never reaches the agent. A flood is over when the queue is down to half.
 *
 * Of a lane, the first message that is not done counts as being answered, all others wait. The record is asked only where the
 * limit may be near, so that people who wait for their answers cost one statement in ten minutes.
 */
export class QueueLimit {
  readonly #limits: Limits;
  readonly #database: Pick<Database, 'run'>;
  readonly #people = new Map<UserId, Known>();

  constructor(limits: Limits, database: Pick<Database, 'run'>) {
    this.#limits = limits;
    this.#database = database;
  }

  /**
   * A page as it is to be taken in.
   * @throws SurfacesError `database_unavailable`: nothing was decided.
   */
  async apply(contents: PageContents, now = Date.now()): Promise<PageContents> {
    const messages = contents.items.filter(isMessage).filter(({ body }) => this.#limitOf(body.sender) > 0);
    if (messages.length === 0) return contents;
    this.#forget(now);
    const byPerson = Map.groupBy(messages, ({ body }) => body.sender);
    const near = [...byPerson].filter(([person, theirs]) => this.#isNear(person, theirs.length));
    const known = await this.#look(near, now);
    const elsewhere = new Map<string, LaneId>();
    for (const [person, theirs] of byPerson)
      for (const message of theirs) {
        const flood = known.has(message.key) ? null : this.#take(person, message, now);
        if (flood) elsewhere.set(message.key, flood);
      }
    if (elsewhere.size === 0) return contents;
    refused.inc({ limit: 'queued' }, elsewhere.size);
    const items = contents.items.map((item): Item => {
      const lane = elsewhere.get(item.key);
      return lane ? { ...item, lane, queue: 'commands' } : item;
    });
    return { ...contents, items };
  }

  #limitOf(person: UserId): number {
    return limitsFor(person, this.#limits).queued;
  }

  #isNear(person: UserId, more: number): boolean {
    const known = this.#people.get(person);
    return !known || known.flood !== null || waiting(known) + more > this.#limitOf(person) / 2;
  }

  /** Looks people up in the record. @returns the keys of those of their messages that it has already. */
  async #look(near: readonly [UserId, Message[]][], now: number): Promise<Set<string>> {
    if (near.length === 0) return new Set();
    const people = near.map(([person]) => person);
    const unknown = people.filter((person) => !this.#people.has(person));
    const [pending, keys, floods] = await Promise.all([
      pendingOf(this.#database, people),
      knownItems(
        this.#database,
        near.flatMap(([, theirs]) => theirs.map(({ key }) => key)),
      ),
      unknown.length === 0 ? new Map<UserId, LaneId>() : recentFloods(this.#database, unknown),
    ]);
    const byPerson = Map.groupBy(pending, ({ person }) => person);
    for (const person of people) {
      const lanes = new Map((byPerson.get(person) ?? []).map(({ lane, pending: many }) => [lane as string, many]));
      const flood = this.#people.get(person)?.flood ?? floods.get(person) ?? null;
      this.#people.set(person, { lanes, flood, seenAt: now });
    }
    return keys;
  }

  /** @returns the lane of its flood where it is refused; null: it was counted, and is to be taken in. */
  #take(person: UserId, { key, lane }: Message, now: number): LaneId | null {
    const known = this.#people.get(person)!;
    known.seenAt = now;
    const limit = this.#limitOf(person);
    const many = waiting(known);
    if (many <= limit / 2) known.flood = null;
    const before = known.lanes.get(lane) ?? 0;
    if (before > 0 && many >= limit) {
      known.flood ??= laneOf.flood(person, key as EventId);
      return known.flood;
    }
    known.lanes.set(lane, before + 1);
    return null;
  }

  #forget(now: number): void {
    for (const [person, { seenAt }] of this.#people) if (now - seenAt > FORGET_MS) this.#people.delete(person);
  }
}

function waiting({ lanes }: Known): number {
  let many = 0;
  for (const pending of lanes.values()) many += pending - 1;
  return many;
}

function isMessage(item: Item): item is Message {
  return (item.body as WorkItem).type === 'message';
}
