import { expect, test } from 'vitest';
import { boundedAnswer } from './bounded-answer.ts';
import { ErrorOutput } from './error-output.ts';
import { MessageLines } from './message-lines.ts';

const MIB = Buffer.alloc(1024 ** 2, 'x');

function answer(pieces: readonly (Buffer | string)[], type: string): Promise<string> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece));
      controller.close();
    },
  });
  return boundedAnswer(new Response(body, { headers: { 'content-type': type } })).text();
}

test('lines come out whole, however they were cut', () => {
  const lines = new MessageLines();
  const bytes = Buffer.from('a\nжук\n\nrest');
  const found = [...bytes].flatMap((byte) => lines.push(Buffer.of(byte)));
  expect(found).toEqual(['a', 'жук', '']);
  expect(lines.push(Buffer.from('!\nb\n'))).toEqual(['rest!', 'b']);
});

test('a line that is too long is an error, many long ones are none', () => {
  const lines = new MessageLines();
  for (let at = 0; at < 20; at++) expect(lines.push(Buffer.concat([MIB, Buffer.from('\n')]))).toHaveLength(1);
  const endless = () => {
    for (let at = 0; at < 9; at++) lines.push(MIB);
  };
  expect(endless).toThrow('longer than 8 MiB');
});

test('an answer of JSON breaks off where it is too long', async () => {
  expect(await answer(Array(7).fill(MIB), 'application/json')).toHaveLength(7 * MIB.length);
  await expect(answer(Array(9).fill(MIB), 'application/json')).rejects.toThrow('longer than 8 MiB');
  await expect(answer(Array(9).fill(`${'x'.repeat(MIB.length)}\n\n`), 'application/json')).rejects.toThrow();
});

test.each([
  ['LF', ['data: ', MIB, '\n\n']],
  ['CRLF', ['data: ', MIB, '\r\n', '\r\n']],
  ['CRLF in pieces', ['data: ', MIB, '\r', '\n', '\r', '\n']],
])('a stream goes on as long as its events are short enough (%s)', async (_, event) => {
  const pieces = Array.from({ length: 12 }, () => event).flat();
  expect((await answer(pieces, 'text/event-stream')).length).toBeGreaterThan(12 * MIB.length);
});

test('one event of many lines is too long as well', async () => {
  const pieces = Array.from({ length: 9 }, () => ['data: ', MIB, '\n']).flat();
  await expect(answer(pieces, 'text/event-stream')).rejects.toThrow('longer than 8 MiB');
});

test('stderr is told line by line, short, without secrets, and not for ever', () => {
  const said: string[] = [];
  const output = new ErrorOutput(
    (line) => said.push(line),
    (text) => text.replaceAll('KEY', '*'),
  );
  output.push('one K');
  output.push(`EY\n\u001b[31m${'x'.repeat(900)}\nlast`);
  output.end();
  expect(said).toEqual(['one *', expect.stringMatching(/^\[31mx+…$/), 'last']);
  expect(said[1]).toHaveLength(500);
  for (let at = 0; at < 1_000; at++) output.push(`line ${at}\n`);
  expect(said.length).toBeLessThan(200);
  expect(output.last).toBe('line 999');
});
