import { describe, expect, test } from 'vitest';
import { readConversation, withAnswer, withMessage } from './conversation.ts';

describe('a conversation', () => {
  test('that is none of ours begins', () => {
    for (const kept of [undefined, null, 7, { transcript: 'x' }])
      expect(readConversation(kept)).toEqual({ transcript: [] });
  });

  test('keeps what was said', () => {
    const said = withAnswer(withMessage(readConversation(undefined), 'hello'), 'hi');
    expect(said.transcript).toEqual([
      { role: 'user', text: 'hello' },
      { role: 'agent', text: 'hi' },
    ]);
    expect(readConversation(JSON.parse(JSON.stringify(said)))).toEqual(said);
  });

  test('loses its oldest messages when it becomes too long, and never the newest two', () => {
    let said = readConversation(undefined);
    for (let at = 0; at < 20; at += 1) said = withAnswer(withMessage(said, `q${at} ${'x'.repeat(20_000)}`), `a${at}`);
    expect(JSON.stringify(said).length).toBeLessThan(300 * 1024);
    expect(said.transcript.at(-1)?.text).toBe('a19');
    expect(said.transcript.length).toBeGreaterThan(20);
  });

  test('cuts a message that is too long by itself, between characters', () => {
    const { transcript } = withMessage(readConversation(undefined), `${'x'.repeat(64 * 1024 - 2)}🎉🎉`);
    expect(transcript[0]?.text.endsWith('x…')).toBe(true);
    expect(transcript[0]?.text.isWellFormed()).toBe(true);
  });

  test('has a message once that is sent again, since its answer failed', () => {
    const failed = {
      ...withAnswer(withMessage(readConversation(undefined), 'hello'), 'hi th', true),
      unanswered: 'hello',
    };
    expect(withMessage(failed, 'hello').transcript).toEqual([{ role: 'user', text: 'hello' }]);
    expect(withMessage(failed, 'hello')).not.toHaveProperty('unanswered');
    expect(withMessage(failed, 'other').transcript.map(({ text }) => text)).toEqual(['hello', 'hi th', 'other']);
  });
});
