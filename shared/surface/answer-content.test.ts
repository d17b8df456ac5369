import { describe, expect, test } from 'vitest';
import { answerContent } from './answer-content.ts';
import { editContent, fits, sayingContent } from './matrix-content.ts';
import type { AnswerMessage } from './port.ts';

const ANSWER: AnswerMessage = {
  op: 'op1',
  text: 'Hello',
  state: 'done',
  part: 1,
  last: true,
  inResponseTo: '$asked',
  asker: '@ada:example.org',
};

describe('an answer that streams', () => {
  const content = answerContent({ ...ANSWER, text: 'a **bo', state: 'streaming', last: false, status: '*ls …*' });

  test('is a live notice that names nobody, with its markup closed and its status below', () => {
    expect(content).toEqual({
      msgtype: 'm.notice',
      body: 'a **bo**\n\n*ls …*',
      format: 'org.matrix.custom.html',
      formatted_body: '<p>a <strong>bo</strong></p>\n<p><em>ls …</em></p>',
      'm.mentions': {},
      'dev.surfaces': { op: 'op1', kind: 'answer', in_response_to: '$asked', state: 'streaming', part: 1, last: false },
      'org.matrix.msc4357.live': {},
    });
  });

  test('with nothing to show but its status shows that, and with nothing at all a sign of life', () => {
    expect(answerContent({ ...ANSWER, text: '', state: 'streaming', status: '*ls …*' }).body).toBe('*ls …*');
    expect(answerContent({ ...ANSWER, text: '**', state: 'streaming' }).body).toBe('…');
  });
});

describe('an answer that is over', () => {
  test('is a text that names the person who asked', () => {
    expect(answerContent(ANSWER)).toEqual({
      msgtype: 'm.text',
      body: 'Hello',
      'm.mentions': { user_ids: ['@ada:example.org'] },
      'dev.surfaces': { op: 'op1', kind: 'answer', in_response_to: '$asked', state: 'done', part: 1, last: true },
    });
  });

  test('names nobody on a part before the last, nor when it was stopped', () => {
    expect(answerContent({ ...ANSWER, last: false })['m.mentions']).toEqual({});
    expect(answerContent({ ...ANSWER, state: 'stopped' })['m.mentions']).toEqual({});
    expect(answerContent({ ...ANSWER, state: 'failed', code: 'agent_error' })['m.mentions']).not.toEqual({});
  });

  test('that failed keeps what was there, and says why in a paragraph of its own', () => {
    const content = answerContent({ ...ANSWER, state: 'failed', code: 'agent_error', note: 'It failed.' });
    expect(content.body).toBe('Hello\n\nIt failed.');
    expect(content['dev.surfaces']).toMatchObject({ state: 'failed', code: 'agent_error' });
    expect(answerContent({ ...ANSWER, text: '', state: 'failed', note: 'It failed.' }).body).toBe('It failed.');
  });

  test('that was cut inside a fence says why outside of it', () => {
    const content = answerContent({ ...ANSWER, text: '```js\nlet a', state: 'stopped', note: 'Stopped.' });
    expect(content.formatted_body).toBe('<pre><code class="language-js">let a\n</code></pre>\n<p>Stopped.</p>');
  });

  test('never shows a status', () => expect(answerContent({ ...ANSWER, status: '*ls …*' }).body).toBe('Hello'));

  test('whose HTML is too much for an event goes without it', () => {
    const content = answerContent({ ...ANSWER, text: '|||\n|-|-|\n'.concat('|||\n'.repeat(3900)) });
    expect(content.formatted_body).toBeUndefined();
    expect(fits(editContent('$e', content))).toBe(true);
  });
});

describe('an edit', () => {
  test('replaces the message, with our mark in both places and a short text for clients without edits', () => {
    const content = answerContent({ ...ANSWER, text: `**bold** ${'word '.repeat(200)}` });
    const edit = editContent('$first', content);
    expect(edit['m.new_content']).toEqual(content);
    expect(edit['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: '$first' });
    expect(edit['dev.surfaces']).toEqual(content['dev.surfaces']);
    expect(edit['m.mentions']).toEqual({ user_ids: ['@ada:example.org'] });
    expect(edit.msgtype).toBe('m.text');
    expect(edit.body).toMatch(/^\* \*\*bold\*\* word .*…$/);
    expect(edit.body.length).toBeLessThan(210);
    expect(edit).not.toHaveProperty('formatted_body');
  });

  test('is live as long as its message is', () => {
    expect(editContent('$e', answerContent({ ...ANSWER, state: 'streaming' }))).toHaveProperty([
      'org.matrix.msc4357.live',
    ]);
    expect(editContent('$e', answerContent(ANSWER))).not.toHaveProperty(['org.matrix.msc4357.live']);
  });

  test('is well formed where the short text would cut a character', () => {
    const edit = editContent('$e', answerContent({ ...ANSWER, text: 'x'.repeat(199).concat('🎉'.repeat(20)) }));
    expect(edit.body).not.toContain('\ufffd');
    expect(edit.body.isWellFormed()).toBe(true);
  });
});

test('notices and replies to commands', () => {
  expect(sayingContent({ op: 'o', kind: 'notice', text: 'Hi **you**' })).toEqual({
    msgtype: 'm.notice',
    body: 'Hi **you**',
    format: 'org.matrix.custom.html',
    formatted_body: '<p>Hi <strong>you</strong></p>',
    'm.mentions': {},
    'dev.surfaces': { op: 'o', kind: 'notice' },
  });
  expect(
    sayingContent({ op: 'o', kind: 'command', text: 'No', inResponseTo: '$c', code: 'unknown_command' })[
      'dev.surfaces'
    ],
  ).toEqual({
    op: 'o',
    kind: 'command',
    in_response_to: '$c',
    code: 'unknown_command',
  });
});
