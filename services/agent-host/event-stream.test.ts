import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventStream } from './event-stream.ts';

/** Takes `room` frames, then is full until it is drained. */
class Reader {
  readonly got: string[] = [];
  readonly #room: number;
  #held = 0;

  constructor(room: number) {
    this.#room = room;
  }

  get writable(): boolean {
    return this.#held < this.#room;
  }

  send(frame: string): void {
    this.#held += 1;
    this.got.push(frame);
  }

  drain(): void {
    this.#held = 0;
  }
}

test('whatever their speed and place, readers get every frame after theirs, once and in order', () => {
  const step = fc.constantFrom('push', 'drain');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(20), fc.integer({ min: 1, max: 5 }), (steps, after, room) => {
      const stream = new EventStream();
      for (let seq = 1; seq <= 10; seq++) stream.push(`${seq}`);
      const reader = new Reader(room);
      stream.attach(reader, after);
      const drain = () => {
        reader.drain();
        stream.resume(reader);
      };
      for (const what of steps) what === 'push' ? stream.push(`${stream.lastSeq + 1}`) : drain();
      while (stream.isRead) drain();
      const from = Math.min(after, 10) + 1;
      const all = Array.from({ length: stream.lastSeq - from + 1 }, (_, index) => `${from + index}`);
      expect(reader.got).toEqual(all);
    }),
  );
});

test('the newest is who attached last, also again, and whoever is left when it goes', () => {
  const stream = new EventStream();
  const [one, other] = [new Reader(9), new Reader(9)];
  expect(stream.isNewest(one)).toBe(true);
  stream.attach(one, 0);
  stream.attach(other, 0);
  expect([stream.isNewest(one), stream.isNewest(other)]).toEqual([false, true]);
  stream.attach(one, 0);
  expect(stream.isNewest(one)).toBe(true);
  stream.detach(one);
  expect(stream.isNewest(other)).toBe(true);
});
