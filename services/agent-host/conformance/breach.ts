import type { Frame } from './frame.ts';

/** A host does not keep a rule: what the rule expects, what came instead, and the frame that shows it where one does. */
export class Breach extends Error {
  readonly expected: string;
  readonly came: string;
  readonly frame: Frame | undefined;

  constructor(expected: string, came: unknown, frame?: Frame) {
    super(`expected ${expected}, but there came ${inWords(came)}`);
    this.name = 'Breach';
    this.expected = expected;
    this.came = inWords(came);
    this.frame = frame;
  }
}

/** The trial came to nothing, through no fault that could be shown: the rule may hold or not. */
export class NotTried extends Error {}

export function demand(holds: boolean, expected: string, came: unknown, frame?: Frame): asserts holds {
  if (!holds) throw new Breach(expected, came, frame);
}

/** Each of the fields has exactly this value. */
export function demandFields(frame: Frame, fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields))
    demand(frame[name] === value, `${frame.type} with ${inWords(fields)}`, frame, frame);
}

/** What the protocol calls an error: `error` with this code. */
export function demandError(frame: Frame, code: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const all = { code, ...fields };
  demand(frame.type === 'error', `error with ${inWords(all)}`, frame, frame);
  demandFields(frame, all);
}

function inWords(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
