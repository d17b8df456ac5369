import type { Answer } from '../../../services/cli/demo/person/answers.ts';
import { StreamingLoad, wholeAnswer } from '../../streaming-load.ts';
import type { Resident } from '../../test-stack.ts';
import { untilTrue } from '../../until-true.ts';
import type { ContainerStack } from '../container-stack.ts';
import { call, serviceOf } from '../engine.ts';
import { FileLoad } from './file-load.ts';
import { StepTimes } from './step-times.ts';

/** Of 6.4 s: less than the 20 s for which an agent host that is stopped lets turns go on. */
const WORDS = 160;
const ROOMS = 3;
const BOTH_MS = 90_000;

/** What people had while something was done, and whether it was whole. */
export type Talk = {
  readonly answers: readonly Answer[];
  /** What each of the answers has to say. */
  readonly wanted: string;
  readonly files: { readonly asked: string[]; readonly shown: string[] };
  /** In any of the rooms, from its first event on. */
  readonly breaches: string[];
};

/** Three rooms in which answers stream, one in which files come and go, one with a question that is left open, and one with a memory. */
export class TalkingPeople {
  readonly #streaming: readonly Resident[];
  readonly #filer: Resident;
  readonly asker: Resident;
  readonly keeper: Resident;

  constructor([filer, asker, keeper, ...streaming]: readonly Resident[]) {
    this.#filer = filer!;
    this.asker = asker!;
    this.keeper = keeper!;
    this.#streaming = streaming;
  }

  static async of(stack: ContainerStack): Promise<TalkingPeople> {
    const people: Resident[] = [];
    // Each has time of their own to get there, also on a machine with much other work.
    while (people.length < 3 + ROOMS) people.push(await stack.atHome());
    return new TalkingPeople(people);
  }

  /** Answers stream and files come and go while `work` is done; how long its steps took is told in the log. */
  async during(title: string, work: (times: StepTimes) => Promise<void>): Promise<Talk> {
    const times = new StepTimes();
    const load = new StreamingLoad(this.#streaming, WORDS);
    const loadOfFiles = new FileLoad(this.#filer, title);
    await load.untilAllStream();
    await work(times);
    const [seen, files] = await Promise.all([load.end(), loadOfFiles.end()]);
    console.log(times.table(title, seen));
    const all = [...this.#streaming, this.#filer, this.asker, this.keeper];
    const breaches = all.flatMap((resident) => resident.breaches());
    return { answers: seen.answers, wanted: wholeAnswer(WORDS), files, breaches };
  }
}

/** Waits until each turn worker that is there, old or new, has ended a turn from now on. */
export async function untilAllHaveTurns(stack: ContainerStack): Promise<void> {
  const workers = (await stack.containers()).filter((each) => serviceOf(each) === 'turn-worker');
  const count = async ({ Id }: { Id: string }) => (await call('docker', ['logs', Id])).split('turn ended').length;
  const first = await Promise.all(workers.map(count));
  const went = async () => (await Promise.all(workers.map(count))).every((now, index) => now > first[index]!);
  await untilTrue('old and new workers to have ended turns', went, BOTH_MS);
}
