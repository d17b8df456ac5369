import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomId } from '../../../shared/ids/ids.ts';
import type { WorkItem } from '../../../shared/matrix/work-item.ts';
import { planRoom } from './plan-room.ts';
import { readStretch } from './read-stretch.ts';
import { ANN, asks, BOT, ENDS, edits, NOTICE, NOW, REPLY, STREAMS, says, type TestEvent } from './test-timeline.ts';

const ROOM = '!r:x' as RoomId;
const HOUR = 3_600_000;
const limits = { messages: 20, ageMs: 24 * HOUR };

function plan(events: readonly unknown[], more: Partial<typeof limits> = {}, whole = true) {
  const stretch = readStretch(ROOM, events, { self: BOT, receivedTs: NOW });
  return planRoom(stretch, { ...limits, ...more }, { room: ROOM, owner: ANN, at: NOW, whole });
}
/** The keys that are run, and of what is told instead what. */
function fates(events: readonly unknown[], more: Partial<typeof limits> = {}, whole = true): string[] {
  return plan(events, more, whole).items.map(({ key, body }) => {
    const { late } = body as WorkItem;
    if (!late) return key.slice(1);
    return 'begun' in late
      ? `${key.slice(1)} closed`
      : `${key.slice(1)}: ${late.leftOut}${late.orMore ? '+' : ''} left out`;
  });
}

describe('what is done', () => {
  test('an answer that has ended settles its question and all before it', () => {
    expect(fates([asks('a'), asks('b'), says('x', 'b', ENDS), asks('c'), asks('d')])).toEqual(['c', 'd']);
  });

  test('what was asked while an answer streamed is not settled by it', () => {
    const events = [asks('a'), says('x', 'a', STREAMS), asks('b'), edits('y', 'x', 'a', ENDS), asks('c')];
    expect(fates(events)).toEqual(['b', 'c']);
  });

  test.each(['done', 'failed', 'stopped'])('so does one that is %s', (state) => {
    expect(fates([asks('a'), says('x', 'a', { ...ENDS, state }), asks('b')])).toEqual(['b']);
  });

  test('the newest edit counts, also where it comes before its message', () => {
    const [first, last] = [says('x', 'a', STREAMS), edits('y', 'x', 'a', ENDS)];
    expect(fates([asks('a'), first, last])).toEqual([]);
    expect(fates([asks('a'), last, first])).toEqual([]);
    expect(fates([asks('a'), last])).toEqual([]);
  });

  test('an answer of which only the first part has ended is not over', () => {
    const part = { ...ENDS, last: false };
    expect(fates([asks('a'), says('x', 'a', part)])).toEqual(['a']);
    expect(fates([asks('a'), says('x', 'a', part), says('z', 'a', { ...ENDS, part: 2 })])).toEqual([]);
  });

  test.each([
    ['queue_full', ['a']],
    ['archived', []],
    ['too_old', []],
    ['rate_limited', ['a', 'b']],
    [undefined, ['a', 'b']],
  ])('a notice with the code %s', (code, expected) => {
    expect(fates([asks('a'), asks('b'), says('x', 'b', { ...NOTICE, code })])).toEqual(expected);
  });

  test('a question or a file in the middle of a turn does not end it', () => {
    const middle = [says('x', 'a', { kind: 'permission', ask: 'q' }), says('y', 'a', { kind: 'file' })];
    expect(fates([asks('a'), ...middle])).toEqual(['a']);
  });

  test('the reply to a command that overtakes settles the command alone; to one in order all before it', () => {
    expect(fates([asks('a'), asks('h', '!help'), says('x', 'h', REPLY), asks('b')])).toEqual(['a', 'b']);
    expect(fates([asks('a'), asks('s', '!save one'), says('x', 's', REPLY), asks('b')])).toEqual(['b']);
  });

  test('`!stop all` has dropped what waited; `!stop` has not', () => {
    expect(fates([asks('a'), asks('s', '!stop all'), says('x', 's', REPLY), asks('b')])).toEqual(['b']);
    expect(fates([asks('a'), asks('s', '!stop'), says('x', 's', REPLY), asks('b')])).toEqual(['a', 'b']);
  });

  test('a file that did not come has had its word; the text that came with it has not', () => {
    const file = { msgtype: 'm.file', url: 'mxc://x/y', filename: 'f' };
    const refused = { ...NOTICE, code: 'file_too_large' };
    expect(fates([asks('a', 'f', { content: file }), says('x', 'a', refused)])).toEqual([]);
    expect(fates([asks('a', 'see this', { content: file }), says('x', 'a', refused)])).toEqual(['a']);
  });

  test('a number that picked from a list was no question', () => {
    expect(fates([asks('l', '!load'), says('x', 'l', REPLY), asks('n', '2'), says('y', 'n', REPLY)])).toEqual([]);
  });

  test('nobody else can say so', () => {
    const forged = { ...says('x', 'a', ENDS), sender: '@eve:x' };
    expect(fates([asks('a'), forged])).toEqual(['a', 'x']);
  });

  test('what was taken back is not asked any more', () => {
    expect(fates([{ ...asks('a'), content: {}, unsigned: { redacted_because: {} } }, asks('b')])).toEqual(['b']);
  });
});

describe('bounds', () => {
  const many = Array.from({ length: 30 }, (_, index) => asks(`m${index + 1}`));

  test('the newest are answered, in order, and the rest is told once, before them', () => {
    const newest = Array.from({ length: 20 }, (_, index) => `m${index + 11}`);
    expect(fates(many)).toEqual(['m10: 10 left out', ...newest]);
    expect(fates(many, {}, false)[0]).toBe('m10: 10+ left out');
    expect(fates([says('x', 'm0', ENDS), ...many], { messages: 0 })).toEqual(['m30: 30 left out']);
  });

  test('what is too old is left out, by itself; a clock that tells nothing counts as long ago, one ahead as now', () => {
    const at = NOW - 25 * HOUR;
    const events = [
      asks('a', 'a', { at }),
      asks('b', 'b', { at: 0 }),
      asks('c'),
      asks('d', 'd', { at: NOW + HOUR }),
      asks('e', 'e', { at }),
    ];
    expect(fates(events)).toEqual(['c', 'd', 'e: 3 left out']);
  });

  test('a command is executed within ten minutes, and counts for no message', () => {
    const at = NOW - 11 * 60_000;
    const events = [asks('k', '!clear', { at }), asks('a', 'a', { at }), asks('l', '!clear')];
    expect(fates(events, { messages: 1 })).toEqual(['k: 1 left out', 'a', 'l']);
  });

  test('the notice is what a later look back finds done', () => {
    const told = says('n', 'm10', { ...NOTICE, code: 'too_old' });
    expect(fates([...many, told])).toEqual(Array.from({ length: 20 }, (_, index) => `m${index + 11}`));
  });
});

describe('an answer that streams', () => {
  test('goes on in its messages, whatever the number', () => {
    const events = [asks('a'), says('x', 'a', STREAMS), edits('y', 'x', 'a', STREAMS, 'so far'), asks('b')];
    const { items, live } = plan(events, { messages: 1 });
    expect(items.map(({ key }) => key)).toEqual(['$a', '$b']);
    expect(live).toMatchObject([{ eventId: '$x', op: 'op-x', part: 1, edits: 1, inResponseTo: '$a' }]);
  });

  test('brings the parts before it along', () => {
    const events = [asks('a'), says('x', 'a', { ...ENDS, last: false }), says('z', 'a', { ...STREAMS, part: 2 })];
    expect(plan(events).live.map(({ eventId, part }) => [eventId, part])).toEqual([
      ['$x', 1],
      ['$z', 2],
    ]);
  });

  test('is closed with what stands in it where its question is too old', () => {
    const old = asks('a', 'a', { at: NOW - 30 * HOUR });
    const { items, live } = plan([old, says('x', 'a', STREAMS), edits('y', 'x', 'a', STREAMS, 'so far')]);
    expect(live).toEqual([]);
    const body = { type: 'message', sender: ANN, late: { begun: [{ op: 'op-x', part: 1, id: '$x', text: 'so far' }] } };
    expect(items).toMatchObject([{ key: '$a', lane: 'room/!r:x', queue: 'turns', body }]);
  });

  test('is closed where its question is out of sight, or taken back, or answered otherwise', () => {
    expect(fates([says('x', 'gone', STREAMS)])).toEqual(['gone closed']);
    expect(fates([{ ...asks('a'), content: {}, unsigned: {} }, says('x', 'a', STREAMS)])).toEqual(['a closed']);
    expect(fates([asks('a'), says('x', 'a', STREAMS), asks('b'), says('z', 'b', ENDS)])).toEqual(['a closed']);
  });

  test('of a `!retry` is closed: what it asked again is not in the record', () => {
    expect(fates([asks('a', '!retry'), says('x', 'a', STREAMS)])).toEqual(['a closed']);
  });
});

describe('what belongs to a message', () => {
  const edit = asks('e', '* better', {
    content: {
      'm.new_content': { msgtype: 'm.text', body: 'better' },
      'm.relates_to': { rel_type: 'm.replace', event_id: '$a' },
    },
  });

  test('its edit comes with it, and not without it', () => {
    expect(plan([asks('a'), edit]).amendments).toMatchObject([{ key: '$e', target: '$a', kind: 'replace' }]);
    expect(plan([asks('a'), edit, says('x', 'a', ENDS)]).amendments).toEqual([]);
  });

  test('its place, its lane and queue are those of live sync', () => {
    expect(plan([asks('a'), asks('s', '!stop'), asks('n', '!new')]).items).toMatchObject([
      { key: '$a', lane: 'room/!r:x', queue: 'turns' },
      { key: '$s', lane: 'control/!r:x', queue: 'commands' },
      { key: '$n', lane: `person/${ANN}`, queue: 'commands' },
    ]);
  });

  test('an event that comes twice is taken once', () => {
    expect(fates([asks('a'), asks('a'), asks('b')])).toEqual(['a', 'b']);
  });
});

test('events of ours and of others of every shape neither throw nor hide what is asked', () => {
  const strange = fc.oneof(fc.jsonValue(), fc.constantFrom(null, 7, '', [], {}));
  const content = fc.oneof(
    strange,
    fc.record({ 'dev.surfaces': strange, 'm.new_content': strange, 'm.relates_to': strange }, { requiredKeys: [] }),
    fc.record({
      'dev.surfaces': fc.record(
        {
          op: strange,
          kind: strange,
          in_response_to: fc.constantFrom('$other', 7),
          state: strange,
          part: strange,
          last: strange,
        },
        { requiredKeys: [] },
      ),
      'm.relates_to': fc.constant({ rel_type: 'm.replace', event_id: '$nothing' }),
    }),
  );
  const hostile = fc.record({
    type: fc.constantFrom('m.room.message', 'm.room.redaction', 'm.room.encrypted', 7),
    sender: fc.constantFrom(BOT, 7, null),
    event_id: fc.constantFrom('$h1', '$h2', 7),
    origin_server_ts: strange,
    content,
  });
  fc.assert(
    fc.property(fc.array(hostile), fc.array(hostile), (before, after) => {
      const events: (TestEvent | unknown)[] = [...before, asks('a'), ...after, asks('b')];
      expect(fates(events).filter((fate) => fate === 'a' || fate === 'b')).toEqual(['a', 'b']);
    }),
  );
});
