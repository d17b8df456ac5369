import type { CallPiece } from './chat-chunk.ts';

/** A tool call as the model made it; `arguments` ought to be JSON. */
export type ModelCall = { readonly id: string; readonly name: string; readonly arguments: string };

type Open = { index: number | undefined; id: string; name: string; arguments: string[] };

/** Puts tool calls together whose arguments come in pieces, several calls mixed. */
export class CallMerger {
  readonly #calls: Open[] = [];

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  add(piece: CallPiece): void {
    let call = this.#callOf(piece);
    if (!call) {
      call = { index: piece.index, id: piece.id, name: '', arguments: [] };
      this.#calls.push(call);
    }
    call.id ||= piece.id;
    // Some servers repeat the name with every piece.
    call.name ||= piece.name;
    if (piece.arguments) call.arguments.push(piece.arguments);
  }

  /** @param prefix for the ids of calls that came without one. */
  calls(prefix: string): ModelCall[] {
    return this.#calls.map(({ id, name, arguments: pieces }, at) => ({
      id: id || `${prefix}_${at + 1}`,
      name,
      arguments: pieces.join(''),
    }));
  }

  /** By index; but some servers number every call 0, or none, and then another id begins another call. */
  #callOf({ index, id }: CallPiece): Open | undefined {
    const call = index === undefined ? this.#calls.at(-1) : this.#calls.findLast((open) => open.index === index);
    return call && id && call.id && call.id !== id ? undefined : call;
  }
}
