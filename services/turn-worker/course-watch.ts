import type { Send } from '../../shared/lane/lane.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import { currentWork } from '../../shared/runtime/work.ts';
import type { TurnCourse } from '../../shared/store/turn-course.ts';
import type { AnswerMessage, Chat, Utterance } from '../../shared/surface/port.ts';

/** An answer of many messages has more; the record keeps the beginning and how many more there were. */
const MOST_DRAFTS = 60;

/** Watches one turn for its record: when the agent was heard, and what was shown of the answer while it grew. */
export class CourseWatch {
  readonly #startedAt = Date.now();
  readonly #began = performance.now();
  #first: number | null = null;
  #last: number | null = null;
  readonly #drafts: [ms: number, part: number, bytes: number][] = [];
  #more = 0;

  /** Something came from the agent. */
  heard(): void {
    this.#last = this.#now();
    this.#first ??= this.#last;
  }

  /** The same chat; what goes out by it while an answer streams is noted. */
  watched(chat: Chat): Chat {
    return {
      id: chat.id,
      limits: chat.limits,
      sendMs: () => chat.sendMs(),
      typing: (on) => chat.typing(on),
      post: async (op, draft, options) => {
        const out = this.#kept(draft);
        const id = await chat.post(op, out.draft, options);
        this.#note(out.left());
        return id;
      },
      edit: async (id, op, key, draft, signals) => {
        const out = this.#kept(draft);
        const went = await chat.edit(id, op, key, out.draft, signals);
        if (went) this.#note(out.left());
        return went;
      },
      say: async (utterance, options) => {
        await chat.say(utterance, options);
        if (utterance.say.type === 'answer') this.#note(utterance.say);
      },
    };
  }

  /** The course of the turn up to now. `queuedMs`: from its place in the inbox to its start. */
  course({ epoch, resumed, waits }: RunContext, worker: string, queuedMs: number): TurnCourse {
    return {
      worker,
      epoch,
      startedAt: this.#startedAt,
      queuedMs: Math.max(0, Math.round(queuedMs)),
      resumed,
      waits,
      heardFirstMs: this.#first,
      heardLastMs: this.#last,
      drafts: this.#drafts,
      moreDrafts: this.#more,
      limited: currentWork()?.limited ?? 0,
      endedMs: this.#now(),
    };
  }

  /** A draft is asked for when it leaves: the one that left is the one that was asked for last. */
  #kept<Draft extends AnswerMessage | null>(draft: () => Draft) {
    let last: Draft | null = null;
    const kept = () => {
      last = draft();
      return last;
    };
    return { draft: kept, left: () => last as AnswerMessage | null };
  }

  #note(message: AnswerMessage | null): void {
    // Found again where an earlier worker had posted it: nothing left.
    if (message === null) return;
    if (this.#drafts.length >= MOST_DRAFTS) this.#more += 1;
    else this.#drafts.push([this.#now(), message.part, Buffer.byteLength(message.text)]);
  }

  #now(): number {
    return Math.round(performance.now() - this.#began);
  }
}

/** The course lies in the record beside the last words of the answer: it costs no statement of its own. */
export function withCourse(sends: readonly Send[], course: TurnCourse): Send[] {
  return sends.map((send) => {
    const { say } = send.body as Utterance;
    return say.type === 'answer' && say.last ? { ...send, body: { ...(send.body as Utterance), course } } : send;
  });
}
