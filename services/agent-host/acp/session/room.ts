import type { AgentProcess } from '../process/agent-process.ts';

/** A conversation that a process holds in its memory. */
type Held = { readonly process: AgentProcess; readonly acpSession: string; readonly workspace: string };

/** What the adapter holds for a session of the host, beside its conversation. */
export class Room {
  held: Held | undefined;
  /**
   * Until the prompt before has come to its end, also one that was cancelled; never rejects. One prompt at a time: of two, one
   * agent cancels the first, another answers both.
   */
  settled: Promise<void> = Promise.resolve();
  /** Turns that run or come to their end. */
  turns = 0;

  /** The process that holds the conversation, if it is alive. */
  get process(): AgentProcess | undefined {
    return this.held?.process.isOver ? undefined : this.held?.process;
  }

  /** Whether the process holds this very conversation, in this folder. */
  holds(process: AgentProcess, acpSession: string | undefined, workspace: string): boolean {
    const { held } = this;
    return held?.process === process && held.acpSession === acpSession && held.workspace === workspace;
  }
}

/** Rooms by their session of the host, for as long as there is something to hold. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  of(sessionId: string): Room {
    const known = this.#rooms.get(sessionId);
    if (known) return known;
    const room = new Room();
    this.#rooms.set(sessionId, room);
    return room;
  }

  find(sessionId: string): Room | undefined {
    return this.#rooms.get(sessionId);
  }

  forget(sessionId: string): void {
    this.#rooms.delete(sessionId);
  }

  areIn(process: AgentProcess): boolean {
    return [...this.#rooms.values()].some(({ held }) => held?.process === process);
  }

  /** The process is over: it holds nothing any more. */
  empty(process: AgentProcess): void {
    for (const [sessionId, room] of this.#rooms) {
      if (room.held?.process !== process) continue;
      room.held = undefined;
      if (room.turns === 0) this.forget(sessionId);
    }
  }
}
