import type { Frame } from '../frame.ts';
import type { Fault, Hooks, Wire } from './proxy.ts';

export type BrokenHost = {
  /** What is wrong with it. */
  readonly host: string;
  /** Words of the one rule that has to find it. */
  readonly rule: string;
  /** What the failure shows. */
  readonly shows: string;
  readonly fault: Fault;
};

/** Changes what the host sends. */
export const sends =
  (change: (frame: Frame, wire: Wire) => Frame | readonly Frame[]): Fault =>
  (wire) => ({ fromHost: (frame) => change(frame, wire) });

/** Changes what the host hears. */
export const hears =
  (change: (frame: Frame, wire: Wire) => Frame | readonly Frame[]): Fault =>
  (wire) => ({ fromClient: (frame) => change(frame, wire) });

/** Changes frames of one type alone. */
export const only =
  (type: string, change: (frame: Frame, wire: Wire) => Frame | readonly Frame[]) =>
  (frame: Frame, wire: Wire): Frame | readonly Frame[] =>
    frame.type === type ? change(frame, wire) : frame;

/** Answers a request itself, so that the host never hears of it. */
export const answered =
  (result: Record<string, unknown> = {}) =>
  (frame: Frame, wire: Wire): readonly Frame[] => {
    wire.toClient({ type: 'request.done', re: frame.id, result });
    return [];
  };

/** Remembers the requests of a connection by their ids. */
export const asRequested =
  (type: string, change: (answer: Frame, request: Frame, wire: Wire) => Frame | readonly Frame[]): Fault =>
  (wire): Hooks => ({
    fromClient(frame) {
      if (frame.type === type) wire.memory.set(String(frame.id), frame);
      return frame;
    },
    fromHost(frame) {
      const request = wire.memory.get(String(frame.re)) as Frame | undefined;
      return request ? change(frame, request, wire) : frame;
    },
  });

/** Remembers that a request of this type was made on the connection. */
export function remembering(wire: Wire, type: string) {
  return (frame: Frame): Frame => {
    if (frame.type === type) wire.memory.set(type, true);
    return frame;
  };
}

/** A fault that knows all connections. */
export function sharing(faultOf: (wires: Set<Wire>) => Fault): Fault {
  return faultOf(new Set());
}

export function without(frame: Frame, ...names: string[]): Frame {
  return Object.fromEntries(Object.entries(frame).filter(([name]) => !names.includes(name))) as Frame;
}
