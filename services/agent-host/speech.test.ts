import { expect, test } from 'vitest';
import type { AdapterEvent } from './adapter.ts';
import { Speech } from './speech.ts';

function heard(speak: (speech: Speech) => void): AdapterEvent[] {
  const events: AdapterEvent[] = [];
  speak(new Speech((event) => events.push(event), 3, true));
  return events;
}

test('a long text goes out in pieces, none of which ends in half a character', () => {
  const text = `x${'🎉'.repeat(100_000)}`;
  const pieces = heard((speech) => speech.say(text)).map((event) => ('text' in event ? event.text! : ''));
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  expect(pieces.join('') === text).toBe(true);
});

test('thoughts between two parts of an answer are messages of their own; the answer stays one', () => {
  const events = heard((speech) => {
    speech.think('a');
    speech.say('b');
    speech.think('c');
    speech.say('d');
    speech.done();
  });
  expect(events.map((event) => ('message_id' in event ? `${event.type} ${event.message_id}` : ''))).toEqual([
    'message.delta thought-3-1',
    'message.done thought-3-1',
    'message.delta answer-3',
    'message.delta thought-3-2',
    'message.done thought-3-2',
    'message.delta answer-3',
    'message.done answer-3',
  ]);
});
