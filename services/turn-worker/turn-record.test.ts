import { expect, test } from 'vitest';
import type { AnswerStream } from '../../shared/delivery/answer-stream.ts';
import { inWork } from '../../shared/runtime/work.ts';
import { recordTurn } from './turn-record.ts';

const stream = { openedAt: 120, edits: 3 } as unknown as AnswerStream;

function line(question: string | null): Record<string, unknown> {
  return inWork({}, (work) => {
    recordTurn(
      { state: 'done', text: `It is ${'very '.repeat(100)}blue.` },
      { queuedMs: 5, started: 100, stream, question },
    );
    expect(work.end?.message).toBe('turn ended');
    return { ...work.end?.fields };
  });
}

test('the line of a turn has its figures and no text', () => {
  expect(line(null)).toEqual({ state: 'done', code: undefined, words_ms: 20, edits: 3 });
});

test('where the operator has switched it on, it has the beginning of question and answer', () => {
  const { question, answer } = line('What colour is it?');
  expect(question).toBe('What colour is it?');
  expect(answer).toMatch(/^It is very .*… \(511 characters\)$/);
  expect(String(answer).length).toBeLessThan(230);
});
