import type { Answer } from '../services/cli/demo/person/answers.ts';
import { messagesOf } from '../services/cli/demo/person/room-history.ts';
import { sayPatiently } from './say-patiently.ts';
import type { Resident } from './test-stack.ts';

/** Between the words of an answer, and before the first of them; milliseconds. */
const TIMES = { pace: 40, first: 200 };
/** Between the first words of one room and of the next: people do not all ask in the same moment. */
const STAGGER_MS = 600;
const LONGEST_MS = 90_000;

/** What the demo agent says when it is asked for so many words. */
export function wholeAnswer(words: number): string {
  return Array.from({ length: words }, (_, index) => `word${index + 1}`).join(' ');
}

type Asked = { readonly answer: Answer; readonly askedAt: number; readonly firstMs: number };

/** What people saw, in milliseconds. */
export type Seen = {
  readonly answers: readonly Answer[];
  /** Between two changes of an answer that streams, its end included. */
  readonly gaps: readonly number[];
  /** From a question to the first words of its answer, less what the agent itself took. */
  readonly waits: readonly number[];
};

/** People who ask again whenever they have their answer, so that one streams in every room all the time. */
export class StreamingLoad {
  readonly #residents: readonly Resident[];
  readonly #words: number;
  readonly #times: typeof TIMES;
  readonly #asking: Promise<Asked[]>;
  #enough = false;
  #answered = 0;

  /** @param words of each answer; 25 a second where `times` says nothing. The longer it is, the rarer are its edits, by the pace of drafts. */
  constructor(residents: readonly Resident[], words: number, times = TIMES) {
    this.#residents = residents;
    this.#words = words;
    this.#times = times;
    const asking = residents.map((resident, index) => this.#ask(resident, times.first + index * STAGGER_MS));
    this.#asking = Promise.all(asking).then((all) => all.flat());
    this.#asking.catch(() => {});
  }

  /** Waits until an answer has begun in every room. */
  async untilAllStream(): Promise<void> {
    const from = this.#residents.map(({ person, home }) => messagesOf(person.room(home.room)).length);
    await Promise.all(
      this.#residents.map(({ person, bot, home }, index) =>
        person.until('an answer that streams', () =>
          messagesOf(person.room(home.room))
            .slice(from[index])
            .some(({ sender }) => sender === bot),
        ),
      ),
    );
  }

  /** Answers so far, over all rooms. */
  get answered(): number {
    return this.#answered;
  }

  /** Nobody asks any more; what was asked is waited for. */
  async end(): Promise<Seen> {
    this.#enough = true;
    const asked = await this.#asking;
    return {
      answers: asked.map(({ answer }) => answer),
      gaps: asked.flatMap(({ answer }) => answer.parts.flatMap(gapsOf)),
      waits: asked.map(({ answer, askedAt, firstMs }) => answer.firstAt! - askedAt - firstMs),
    };
  }

  async #ask(resident: Resident, firstMs: number): Promise<Asked[]> {
    const asked: Asked[] = [];
    const { pace } = this.#times;
    for (let first = firstMs; !this.#enough; first = this.#times.first) {
      const question = `demo words=${this.#words} pace=${pace} first=${first}`;
      const { eventId, answeredAt } = await sayPatiently(resident, question);
      const answer = await resident.untilAnswered(eventId, LONGEST_MS);
      this.#answered += 1;
      asked.push({ answer, askedAt: answeredAt, firstMs: first });
    }
    return asked;
  }
}

function gapsOf({ versions }: Answer['parts'][number]): number[] {
  return versions.slice(1).map(({ at }, index) => at - versions[index]!.at);
}
