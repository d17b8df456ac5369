import { piecesOf } from '../surface/pieces.ts';
import { type Part, splitAnswer } from '../surface/split.ts';

type Gate = { readonly at: number; isOpen: boolean };

/** The places in an answer where something else stands in the chat between its messages; see `piecesOf` for which count. */
export class Gates {
  readonly #gates: Gate[] = [];
  readonly #onOpen: () => void;

  constructor(onOpen: () => void) {
    this.#onOpen = onOpen;
  }

  /** One more, behind the text up to `at`; closed until `open` is called. Places grow. */
  add(at: number): { readonly open: () => void } {
    const gate: Gate = { at, isOpen: false };
    this.#gates.push(gate);
    return {
      open: () => {
        gate.isOpen = true;
        this.#onOpen();
      },
    };
  }

  /** The text up to the first that is still closed. */
  passed(text: string): string {
    const closed = this.#gates.find(({ isOpen }) => !isOpen);
    return closed ? piecesOf(text, [closed.at])[0]! : text;
  }

  /** The messages that a text takes: cut at each of these places, and by size. */
  split(text: string, limits: { readonly maxBytes: number }): Part[] {
    const places = this.#gates.map(({ at }) => at);
    const pieces = places.length === 0 ? [text] : piecesOf(text, places);
    return pieces.flatMap((piece, index) =>
      splitAnswer(piece, limits).map((part) => ({ ...part, last: part.last && index === pieces.length - 1 })),
    );
  }
}
