import { describe, expect, test, vi } from 'vitest';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { createLog } from '../runtime/log.ts';
import { AnswerStream, type AnswerStreamOptions } from './answer-stream.ts';
import type { Begun, DraftRecord } from './draft-record.ts';
import { MemoryChat } from './memory-chat.ts';

/** The record of one turn, as the database would keep it. */
class MemoryRecord implements DraftRecord {
  readonly rows = new Map<string, Begun>();
  held = true;

  async reserve(op: string, part: number, edits: number): Promise<boolean> {
    if (this.held) this.rows.set(op, { op, part, id: null, edits, ageMs: 0 });
    return this.held;
  }
  async opened(op: string, id: string): Promise<void> {
    this.rows.set(op, { ...this.rows.get(op)!, id });
  }
  async reserveEdits(op: string, edits: number): Promise<void> {
    this.rows.set(op, { ...this.rows.get(op)!, edits });
  }
}

function begin(chat: MemoryChat, record: MemoryRecord, options: Partial<AnswerStreamOptions> = {}): AnswerStream {
  return new AnswerStream({
    chat,
    record,
    cause: '$question',
    asker: '@ann:test',
    epoch: 1,
    valid: () => true,
    lost: new AbortController().signal,
    begun: [...record.rows.values()],
    log: createLog('silent', {}),
    ...options,
  });
}

async function deliver(
  chat: MemoryChat,
  stream: AnswerStream,
  text: string,
  state: 'done' | 'failed' | 'stopped' = 'done',
): Promise<void> {
  for (const utterance of await stream.finish({ state, text })) await chat.say(utterance);
}

function only(chat: MemoryChat) {
  expect(chat.messages.size).toBe(1);
  return [...chat.messages.values()][0]!;
}

describe('an answer that streams', () => {
  test('a worker that was paused until it lost the lane says nothing more, whatever of its timers comes first', async () => {
    const chat = new MemoryChat();
    let valid = true;
    const stream = begin(chat, new MemoryRecord(), { valid: () => valid });
    stream.update({ text: 'Hello', status: null });
    await vi.waitFor(() => expect(only(chat).history).toHaveLength(1));
    valid = false;
    stream.update({ text: 'Hello, and more', status: null });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(only(chat).history).toHaveLength(1);
    await stream.abandon();
  });

  test('first words that never left are not said before the final text: that is the message', async () => {
    const chat = new MemoryChat();
    // A send that waits in the queue of the account until it is dropped: its draft is never asked for.
    chat.post = (_op, _draft, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: 'Hello', status: null });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const utterances = await stream.finish({ state: 'done', text: 'Hello there.' });
    expect(utterances).toHaveLength(1);
    expect(utterances[0]!.replaces).toBeUndefined();
    await chat.say(utterances[0]!);
    expect(only(chat).history).toMatchObject([{ state: 'done', text: 'Hello there.', part: 1, last: true }]);
  });

  test('first words go out at once, the final text replaces them, and nothing is said twice', async () => {
    const chat = new MemoryChat();
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: 'Hello', status: null });
    await vi.waitFor(() => expect(chat.messages.size).toBe(1));
    await deliver(chat, stream, 'Hello there.');
    const { history } = only(chat);
    expect(history[0]).toMatchObject({ state: 'streaming', text: 'Hello', part: 1, last: false });
    expect(history.at(-1)).toMatchObject({
      state: 'done',
      text: 'Hello there.',
      part: 1,
      last: true,
      asker: '@ann:test',
    });
  });

  test('an answer that is whole before its first words went out is one message without an edit', async () => {
    const chat = new MemoryChat();
    const stream = begin(chat, new MemoryRecord());
    await deliver(chat, stream, 'Short.');
    expect(only(chat).history).toHaveLength(1);
  });

  test('the final text comes after an edit that is still on its way', async () => {
    const chat = new MemoryChat();
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: 'one', status: null });
    await vi.waitFor(() => expect(chat.messages.size).toBe(1));
    chat.delayMs = 150;
    stream.update({ text: 'one two', status: null });
    await vi.waitFor(() => expect([...chat.messages.values()][0]!.history).toHaveLength(2), 2000);
    await deliver(chat, stream, 'one two three');
    expect(only(chat).history.map((each) => 'text' in each && each.text)).toEqual(['one', 'one two', 'one two three']);
  });

  test('a long answer rolls over; the parts joined by a blank line are the whole, and only the last is last', async () => {
    const chat = new MemoryChat({ maxPartBytes: 300 });
    const stream = begin(chat, new MemoryRecord());
    const paragraphs = Array.from({ length: 12 }, (_, index) => `Paragraph ${index} ${'word '.repeat(18).trim()}.`);
    for (let count = 1; count <= paragraphs.length; count += 1) {
      stream.update({ text: paragraphs.slice(0, count).join('\n\n'), status: null });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const whole = paragraphs.join('\n\n');
    await deliver(chat, stream, whole);
    const finals = [...chat.messages.values()].map(({ history }) => history.at(-1)!) as {
      text: string;
      part: number;
      last: boolean;
      state: string;
    }[];
    expect(finals.map(({ text }) => text).join('\n\n')).toBe(whole);
    expect(finals.map(({ part }) => part)).toEqual(finals.map((_, index) => index + 1));
    expect(finals.filter(({ last }) => last)).toHaveLength(1);
    expect(finals.every(({ state }) => state === 'done')).toBe(true);
  });

  test('the status of the agent opens the message and is gone from the final text', async () => {
    const chat = new MemoryChat();
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: '', status: '*Reading …*' });
    await vi.waitFor(() => expect(chat.messages.size).toBe(1));
    await deliver(chat, stream, 'Read.');
    expect(only(chat).history[0]).toMatchObject({ text: '', status: '*Reading …*' });
    expect(only(chat).history.at(-1)).not.toHaveProperty('status');
  });
});

describe('a successor after a crash', () => {
  test('goes on in the same message, under edit keys of its own, and never shows less than was shown', async () => {
    const chat = new MemoryChat();
    const record = new MemoryRecord();
    const first = begin(chat, record);
    first.update({ text: 'one two three', status: null });
    await vi.waitFor(() => expect([...record.rows.values()][0]?.id).toBeTruthy());
    // The first worker dies here: nothing of it is called again.
    const second = begin(chat, record, { epoch: 2 });
    for (const text of ['one', 'one two', 'one two three', 'one two three four']) second.update({ text, status: null });
    await vi.waitFor(() => expect([...chat.messages.values()][0]!.history.length).toBeGreaterThan(1), 3000);
    await deliver(chat, second, 'one two three four five');
    await first.abandon();
    const texts = only(chat).history.map((each) => 'text' in each && each.text);
    expect(texts.every((text, index) => index === 0 || String(text).length >= String(texts[index - 1]).length)).toBe(
      true,
    );
    expect(texts.at(-1)).toBe('one two three four five');
  });

  test('learns the id of a message whose answer was lost by the same post, and closes it', async () => {
    const chat = new MemoryChat();
    const record = new MemoryRecord();
    chat.failAfter = new SurfacesError('matrix_unavailable', 'the connection was cut after the request');
    const first = begin(chat, record);
    first.update({ text: 'half', status: null });
    await vi.waitFor(() => expect(chat.messages.size).toBe(1));
    expect([...record.rows.values()][0]!.id).toBeNull();
    const second = begin(chat, record, { epoch: 2 });
    await deliver(chat, second, 'half and whole', 'failed');
    await first.abandon();
    expect(only(chat).history.map((each) => 'text' in each && each.text)).toEqual(['half', 'half and whole']);
  });

  test('keeps the cap of edits over the crash', async () => {
    const chat = new MemoryChat({ maxEdits: 9 });
    const record = new MemoryRecord();
    record.rows.set('op', { op: 'op', part: 1, id: '$op', edits: 8, ageMs: 1000 });
    chat.messages.set('$op', { id: '$op', op: 'op', history: [] });
    const stream = begin(chat, record, { epoch: 2 });
    stream.update({ text: 'more', status: null });
    await new Promise((resolve) => setTimeout(resolve, 600));
    await deliver(chat, stream, 'more and the end');
    expect(only(chat).history.map((each) => 'text' in each && each.text)).toEqual(['more and the end']);
  });

  test('who lost the lane opens no message', async () => {
    const chat = new MemoryChat();
    const record = new MemoryRecord();
    record.held = false;
    const stream = begin(chat, record);
    stream.update({ text: 'late', status: null });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await stream.abandon();
    expect(chat.messages.size).toBe(0);
  });
});

describe('a surface in trouble', () => {
  test('a first post that failed is tried again, and is the same message', async () => {
    const chat = new MemoryChat();
    chat.failAfter = new SurfacesError('matrix_unavailable', 'no answer');
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: 'words', status: null });
    await vi.waitFor(() => expect(stream.openedAt).not.toBeNull(), 3000);
    await deliver(chat, stream, 'words and more');
    expect(only(chat).history).toHaveLength(2);
  });

  test('a chat that refuses drafts for good still gets the final text', async () => {
    const chat = new MemoryChat();
    chat.failBefore = new SurfacesError('matrix_refused', '403');
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: 'words', status: null });
    await vi.waitFor(() => expect(chat.failBefore).toBeNull());
    await deliver(chat, stream, 'words and more').catch(() => {});
    expect(only(chat).history.at(-1)).toMatchObject({ state: 'done', text: 'words and more' });
  });
});

describe('a place for something else', () => {
  const texts = (chat: MemoryChat) =>
    [...chat.messages.values()].map(({ history }) => {
      const last = history.at(-1)!;
      return 'text' in last && last.text;
    });

  test('what follows it waits, and goes into a message of its own', async () => {
    const chat = new MemoryChat();
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: 'Before.', status: null });
    await vi.waitFor(() => expect(texts(chat)).toEqual(['Before.']));
    const gate = stream.gateAt('Before.'.length);
    stream.update({ text: 'Before.\n\nBehind', status: null });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(texts(chat)).toEqual(['Before.']);
    gate.open();
    await vi.waitFor(() => expect(texts(chat)).toEqual(['Before.', 'Behind']), 3_000);
    await deliver(chat, stream, 'Before.\n\nBehind it.');
    expect(texts(chat)).toEqual(['Before.', 'Behind it.']);
    const ends = [...chat.messages.values()].map(({ history }) => history.at(-1));
    expect(ends).toMatchObject([
      { state: 'done', part: 1, last: false },
      { state: 'done', part: 2, last: true },
    ]);
  });

  test('in the middle of a paragraph it divides nothing', async () => {
    const chat = new MemoryChat();
    const stream = begin(chat, new MemoryRecord());
    stream.update({ text: 'Half a', status: null });
    stream.gateAt('Half a'.length).open();
    await deliver(chat, stream, 'Half a sentence.');
    expect(texts(chat)).toEqual(['Half a sentence.']);
  });
});
