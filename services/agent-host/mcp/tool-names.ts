/** What model servers take as the name of a function. */
const LONGEST = 64;
/** A server that renames its tools without end must not fill the memory. */
const MOST_NAMES = 2_000;

/**
 * The names under which a model knows the tools of one server: `server__tool`. A name is never given to another tool later,
 * because a person may have allowed it for good.
 */
export class ToolNames {
  readonly #prefix: string;
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @param server has no `_`, so the names of two servers are never the same. */
  constructor(server: string) {
    this.#prefix = `${server}__`;
  }

  withoutServer(name: string): string {
    return name.slice(this.#prefix.length);
  }

  /** @returns `undefined` when the server has had too many names. */
  nameOf(tool: string): string | undefined {
    const known = this.#names.get(tool);
    if (known !== undefined) return known;
    if (this.#names.size >= MOST_NAMES) return undefined;
    const wanted = this.#prefix + (tool.replace(/[^a-zA-Z0-9_-]+/g, '_') || 'tool');
    let name = wanted.slice(0, LONGEST);
    for (let number = 2; this.#taken.has(name); number++) {
      const ending = `_${number}`;
      name = wanted.slice(0, LONGEST - ending.length) + ending;
    }
    this.#names.set(tool, name);
    this.#taken.add(name);
    return name;
  }
}
