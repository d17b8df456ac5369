import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SseEvent, SseReader } from './sse-reader.ts';

function read(pieces: readonly Uint8Array[]): SseEvent[] {
  const reader = new SseReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

/** Cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((one, other) => one - other);
  return [0, ...ends].map((from, at) => bytes.subarray(from, ends[at] ?? bytes.length));
}

const data = (text: string) => read([Buffer.from(text)]).map((event) => event.data);

describe('an event stream', () => {
  test.each([
    ['events', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['one of several lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['no space behind the colon, or two', 'data:a\n\ndata:  b\n\n', ['a', ' b']],
    ['comments and unknown fields', ': ping\n\n:\n\nid: 3\nretry: 5\nother\ndata: a\n\n', ['a']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['no end of the last event', 'data: a\n\ndata: b\n', ['a', 'b']],
    ['no end of the last line', 'data: a\n\ndata: b', ['a', 'b']],
    ['empty data', 'data:\n\ndata\n\n', []],
    ['nothing', '', []],
  ])('with %s', (_, text, expected) => {
    expect(data(text)).toEqual(expected);
  });

  test('has the name of each event', () => {
    expect(read([Buffer.from('event: error\ndata: a\n\ndata: b\n\n')])).toEqual([
      { event: 'error', data: 'a' },
      { event: '', data: 'b' },
    ]);
  });

  test('with nothing between the two halves of a CRLF is the same', () => {
    const pieces = ['data: a\r', '', '\ndata: b\r\n\r', '', '\n'].map((piece) => Buffer.from(piece));
    expect(read(pieces)).toEqual([{ event: '', data: 'a\nb' }]);
  });

  test('is the same however its bytes are cut', () => {
    const line = fc.oneof(
      fc.constantFrom('', '', ': ping', ':', 'event: error', 'id: 1', 'data', 'data:', 'data: [DONE]'),
      fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
    );
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
      .map((lines) => Buffer.from(lines.map((pair) => pair.join('')).join('')));
    fc.assert(
      fc.property(stream, fc.array(fc.nat()), (bytes, places) => {
        expect(read(cut(bytes, places))).toEqual(read([bytes]));
        expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(read([bytes]));
      }),
      { numRuns: 300 },
    );
  });

  test('has lines of megabytes in many pieces, read in time that grows with their length; not without end', () => {
    const reader = new SseReader();
    const piece = Buffer.from('x'.repeat(1_000));
    reader.push(Buffer.from('data: '));
    const begin = performance.now();
    for (let at = 0; at < 8_000; at++) expect(reader.push(piece)).toEqual([]);
    expect(reader.isInData).toBe(true);
    expect(reader.push(Buffer.from('\n\n'))[0]?.data.length).toBe(8_000_000);
    expect(performance.now() - begin).toBeLessThan(5_000);
    const endless = () => {
      for (let at = 0; at < 20; at++) reader.push(Buffer.alloc(1024 * 1024, 'x'));
    };
    expect(endless).toThrow('too long');
  });
});
