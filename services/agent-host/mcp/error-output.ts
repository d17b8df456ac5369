import { oneLine } from './show-arguments.ts';

const LONGEST_LINE = 500;
/** What is kept of a line until its end comes; far longer than what is shown, so that no secret is cut in the part shown. */
const LONGEST_KEPT = 16 * 1024;
const MOST_LINES_A_MINUTE = 60;

/** What a server writes to stderr, bounded: a line at a time, and not more than people can read. */
export class ErrorOutput {
  /** The last line, for the sentence about why the server ended. */
  last = '';
  readonly #say: (line: string) => void;
  readonly #withoutSecrets: (text: string) => string;
  #kept = '';
  #minute = 0;
  #said = 0;

  constructor(say: (line: string) => void, withoutSecrets: (text: string) => string) {
    this.#say = say;
    this.#withoutSecrets = withoutSecrets;
  }

  push(chunk: string): void {
    const lines = (this.#kept + chunk).split('\n');
    this.#kept = lines.pop()!.slice(0, LONGEST_KEPT);
    for (const line of lines) this.#tell(line);
  }

  end(): void {
    this.#tell(this.#kept);
    this.#kept = '';
  }

  #tell(raw: string): void {
    const line = oneLine(this.#withoutSecrets(raw), LONGEST_LINE);
    if (line === '') return;
    this.last = line;
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.#minute) this.#said = 0;
    this.#minute = minute;
    this.#said += 1;
    if (this.#said <= MOST_LINES_A_MINUTE) this.#say(line);
  }
}
