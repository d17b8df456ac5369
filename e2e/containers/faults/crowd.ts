import type { Answer } from '../../../services/cli/demo/person/answers.ts';
import { dropFile } from '../../../services/cli/demo/person/files.ts';
import { messagesOf } from '../../../services/cli/demo/person/room-history.ts';
import { sayPatiently } from '../../say-patiently.ts';
import { type Seen, StreamingLoad } from '../../streaming-load.ts';
import type { Resident } from '../../test-stack.ts';
import type { ContainerStack } from '../container-stack.ts';

/** What somebody asks for beside the answers that stream. */
export type Asks = 'question' | 'command' | 'file' | 'permission';

/** Of an answer that streams: five seconds. */
export const WORDS = 120;
const LONGEST_MS = 110_000;
/** What comes this soon after a fault was on its way before it. */
const ON_ITS_WAY_MS = 200;

const WORDS_FOR = { question: 'demo words=2 pace=1', command: '!help', permission: 'demo ask sweep the deck' } as const;

/** Three rooms in which answers stream, and somebody each who asks as a fault begins and as it ends. */
export class Crowd {
  readonly streaming: readonly Resident[];
  readonly first: Resident;
  readonly second: Resident;
  readonly #told = new Set<string>();

  constructor([first, second, ...streaming]: readonly Resident[]) {
    this.streaming = streaming;
    this.first = first!;
    this.second = second!;
  }

  static async of(stack: ContainerStack): Promise<Crowd> {
    const names = ['first', 'second', 'ann', 'bob', 'cem'];
    return new Crowd(await Promise.all(names.map((name) => stack.atHome(name))));
  }

  /** Does something while an answer streams in each of the three rooms. Nobody asks on afterwards, also where it failed. */
  async whileStreaming<T>(work: () => Promise<T>): Promise<{ result: T; seen: Seen }> {
    const load = new StreamingLoad(this.streaming, WORDS);
    try {
      await load.untilAllStream();
      return { result: await work(), seen: await load.end() };
    } finally {
      await load.end().catch(() => {});
    }
  }

  /** Breaches of the promises in any of the rooms, from the first event to now, but for those that were told before. */
  newBreaches(): string[] {
    const all = [this.first, this.second, ...this.streaming].flatMap((resident) => resident.breaches());
    const added = all.filter((breach) => !this.#told.has(breach));
    for (const breach of added) this.#told.add(breach);
    return added;
  }

  /** @returns ms from `since` until the answer in the last of the rooms has changed, or ended. */
  async untilAllGrow(since: number): Promise<number> {
    const changes = this.streaming.map(({ person, bot, home }) =>
      person.until(
        'an answer to grow again',
        () =>
          messagesOf(person.room(home.room))
            .filter(({ sender }) => sender === bot)
            .flatMap(({ versions }) => versions.map(({ at }) => at))
            .find((at) => at > since + ON_ITS_WAY_MS),
        LONGEST_MS,
      ),
    );
    return Math.max(...(await Promise.all(changes))) - since;
  }
}

/** @returns ms from now until the whole short answer is seen, and the answer. */
export async function asksFor(what: Asks, resident: Resident): Promise<{ ms: number; answer?: Answer }> {
  const began = performance.now();
  const { person, home } = resident;
  const { eventId } =
    what === 'file'
      ? await dropFile(person, home.room, { name: 'note.txt', content: Buffer.from('a line') })
      : await sayPatiently(resident, WORDS_FOR[what]);
  if (what === 'command') {
    await resident.untilReplied(eventId, home.room, LONGEST_MS);
    return { ms: performance.now() - began };
  }
  if (what === 'permission') {
    const open = () => resident.question('sweep the deck')?.surfaces;
    await person.until('the question', () => open()?.ask && open()?.outcome === undefined, LONGEST_MS);
    await sayPatiently(resident, '!yes');
  }
  const answer = await resident.untilAnswered(eventId, LONGEST_MS);
  return { ms: answer.finalAt! - began, answer };
}
