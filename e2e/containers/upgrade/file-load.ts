import { surfacesOf } from '../../../services/cli/demo/person/answers.ts';
import { dropFile, fetchFile } from '../../../services/cli/demo/person/files.ts';
import { messagesOf, newest } from '../../../services/cli/demo/person/room-history.ts';
import type { Resident } from '../../test-stack.ts';

const LONGEST_MS = 90_000;
const BYTES = 1024;

/** Somebody who drops a file and asks for one, again and again. */
export class FileLoad {
  readonly #resident: Resident;
  readonly #prefix: string;
  readonly #names: Promise<string[]>;
  #enough = false;

  /** @param prefix of the names, for a person who did it before. */
  constructor(resident: Resident, prefix: string) {
    this.#resident = resident;
    this.#prefix = prefix;
    this.#names = this.#ask();
    this.#names.catch(() => {});
  }

  /** @returns the names that were asked for and those that were shown. @throws where a file came out other than it went in. */
  async end(): Promise<{ readonly asked: string[]; readonly shown: string[] }> {
    this.#enough = true;
    return { asked: await this.#names, shown: this.#shown().map(({ content }) => content.filename as string) };
  }

  async #ask(): Promise<string[]> {
    const { person, home } = this.#resident;
    const names: string[] = [];
    while (!this.#enough) {
      const name = `${this.#prefix}-${names.length}.txt`;
      const content = `what stands in the file before ${name}`;
      const { eventId } = await dropFile(person, home.room, {
        name: `in-${name}`,
        content: Buffer.from(content),
        type: 'text/plain',
      });
      const { text } = await this.#resident.untilAnswered(eventId, LONGEST_MS);
      if (!text.includes(content)) throw new Error(`in-${name} was answered with “${text}”`);
      await this.#resident.ask(`demo file ${name} size=${BYTES}`, LONGEST_MS);
      const shown = () => this.#shown().find(({ content }) => content.filename === name);
      const { content: event } = await person.until(`the file ${name}`, shown, LONGEST_MS);
      const { length } = await fetchFile(person, String(event.url));
      if (length !== BYTES) throw new Error(`${name} has ${length} bytes`);
      names.push(name);
    }
    return names;
  }

  #shown() {
    const { person, home } = this.#resident;
    return messagesOf(person.room(home.room))
      .filter((each) => surfacesOf(each).kind === 'file')
      .map(newest)
      .filter(({ content }) => (content.filename as string).startsWith(this.#prefix));
  }
}
