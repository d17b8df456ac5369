import type { InputBlock } from '../../../shared/agent-protocol/content.ts';

/** A message to the demo agent, taken apart. */
export type Message = {
  /** Without its markers. */
  readonly text: string;
  /** `[[marker]]`s in their order, each once. */
  readonly markers: readonly string[];
  /** Workspace paths of the files that came with it. */
  readonly files: readonly string[];
};

/** `demo words=200 pace=20`: the name is `words`, whether it stands alone or has a value of its own. */
export type Instruction = {
  readonly name: string;
  /** What stands behind the name, as it was written. */
  readonly rest: string;
  /** `rest` without `name=value` pairs. */
  readonly words: string;
  readonly values: ReadonlyMap<string, string>;
};

const MARKER = /\[\[[^[\]\n]*\]\]/g;
/** With the space before it, so that no gap is left where it stood. */
const MARKED = /[ \t]?\[\[[^[\]\n]*\]\]/g;
const PAIR = /(?:^|\s)([a-z]+)=(\S+)/gi;

export function readMessage(input: readonly InputBlock[]): Message {
  const whole = input.map((block) => (block.type === 'text' ? block.text : '')).filter(Boolean);
  const text = whole.join('\n');
  return {
    text: text.replace(MARKED, '').trim(),
    markers: [...new Set(text.match(MARKER) ?? [])],
    files: input.flatMap((block) => (block.type === 'text' ? [] : [block.path])),
  };
}

/** What stands before the text of a reply: the message that it replies to. */
const QUOTE = /^(?:>[^\n]*\n)+\n/;

/** @returns null for a text that is no instruction. A message that is replied to does not count. */
export function readInstruction(message: string): Instruction | null {
  const text = message.replace(QUOTE, '');
  const [, name, rest = ''] = /^demo\s+([a-z]+)(?:[\s=]([\s\S]*))?$/i.exec(text) ?? [];
  if (!name) return /^demo\s/i.test(text) ? { name: '', rest: '', words: '', values: new Map() } : null;
  const pairs = text.slice('demo'.length);
  return {
    name: name.toLowerCase(),
    rest: rest.trim(),
    words: rest.replace(PAIR, ' ').replace(/\s+/g, ' ').trim(),
    values: new Map([...pairs.matchAll(PAIR)].map(([, key, value]) => [key!.toLowerCase(), value!])),
  };
}

/** A whole number of an instruction, or what stands for it where there is none; never above `most`. */
export function count({ values }: Instruction, key: string, otherwise: number, most: number): number {
  const given = Number(values.get(key) ?? otherwise);
  return Number.isFinite(given) && given >= 0 ? Math.min(Math.floor(given), most) : otherwise;
}

/** A size in bytes: `10k` are 10,240, `2m` are 2,097,152. */
export function size({ values }: Instruction, key: string, otherwise: number, most: number): number {
  const [, digits, unit = ''] = /^(\d+)([km]?)b?$/i.exec(values.get(key) ?? '') ?? [];
  if (!digits) return otherwise;
  const factor = { k: 1024, m: 1024 ** 2 }[unit.toLowerCase()] ?? 1;
  return Math.min(Number(digits) * factor, most);
}
