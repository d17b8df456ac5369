import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomId, UserId } from '../ids/ids.ts';
import { classify } from './classify.ts';
import { withoutReplyFallback } from './clean-text.ts';
import { decodeInvite, decodeTimelineEvent } from './decode.ts';

const room = '!room:x' as RoomId;
const bot = '@bot:x' as UserId;
const event = (content: unknown, more: object = {}) => ({
  type: 'm.room.message',
  event_id: '$one',
  sender: '@ann:x',
  origin_server_ts: 1_700_000_000_000,
  content,
  ...more,
});
const decode = (content: unknown, more: object = {}) => decodeTimelineEvent(room, event(content, more));

describe('messages', () => {
  test('text, with whom it mentions and what it replies to', () => {
    const content = {
      msgtype: 'm.text',
      body: '> <@bot:x> earlier\n> more\n\nand now?',
      'm.mentions': { user_ids: ['@bot:x', 7, 'nobody'] },
      'm.relates_to': { 'm.in_reply_to': { event_id: '$zero' } },
    };
    expect(decode(content)).toEqual({
      kind: 'message',
      eventId: '$one',
      roomId: room,
      sender: '@ann:x',
      originTs: 1_700_000_000_000,
      text: 'and now?',
      msgtype: 'm.text',
      mentions: ['@bot:x'],
      replyTo: '$zero',
    });
  });

  test('a quotation that is no reply stays', () => {
    expect(decode({ msgtype: 'm.text', body: '> said\n\nby whom' })).toMatchObject({ text: '> said\n\nby whom' });
    expect(withoutReplyFallback('> only this')).toBe('> only this');
  });

  test('NUL and half an emoji, which the database refuses, become replacement characters', () => {
    expect(decode({ msgtype: 'm.text', body: 'a\0b\ud83dc' })).toMatchObject({ text: 'a\uFFFDb\uFFFDc' });
  });

  test('files: name, caption, size, key', () => {
    const file = {
      msgtype: 'm.file',
      body: 'look',
      filename: 'a.txt',
      url: 'mxc://x/abc',
      info: { size: 5, mimetype: 'text/plain' },
    };
    expect(decode(file)).toMatchObject({
      text: 'look',
      file: { name: 'a.txt', url: 'mxc://x/abc', size: 5, mimetype: 'text/plain' },
    });
    expect(decode({ ...file, filename: undefined, body: 'b.txt' })).toMatchObject({
      text: '',
      file: { name: 'b.txt' },
    });
    const key = { url: 'mxc://x/abc', key: { k: 'aaa' }, iv: 'bbb', hashes: { sha256: 'ccc' } };
    expect(decode({ ...file, url: undefined, file: key })).toMatchObject({
      file: { encrypted: { k: 'aaa', iv: 'bbb', sha256: 'ccc' } },
    });
    expect(decode({ ...file, url: 'https://x/abc' })).toMatchObject({ kind: 'rejected' });
    expect(decode({ ...file, url: 'mxc://x/../../etc' })).toMatchObject({ kind: 'rejected' });
    expect(decode({ ...file, info: { size: -1, mimetype: 7 } })).toMatchObject({ file: { name: 'a.txt' } });
  });

  test('other bots’ notices are nothing to us; an emote and an unknown type are text', () => {
    expect(decode({ msgtype: 'm.notice', body: 'beep' })).toMatchObject({ kind: 'ignored' });
    expect(decode({ msgtype: 'm.emote', body: 'waves' })).toMatchObject({ kind: 'message', msgtype: 'm.emote' });
    expect(decode({ msgtype: 'm.location', body: 'Rome', geo_uri: 'geo:1,2' })).toMatchObject({ text: 'Rome' });
  });

  test('edits, redactions and threads', () => {
    const edit = {
      msgtype: 'm.text',
      body: '* b',
      'm.new_content': { msgtype: 'm.text', body: 'b' },
      'm.relates_to': { rel_type: 'm.replace', event_id: '$zero' },
    };
    expect(decode(edit)).toMatchObject({ kind: 'edit', target: '$zero', text: 'b' });
    expect(decode({ ...edit, 'm.new_content': undefined })).toMatchObject({ kind: 'rejected', key: '$one' });
    expect(decode({ redacts: '$zero' }, { type: 'm.room.redaction' })).toMatchObject({
      kind: 'redaction',
      target: '$zero',
    });
    expect(decode({}, { type: 'm.room.redaction', redacts: '$zero' })).toMatchObject({
      kind: 'redaction',
      target: '$zero',
    });
    expect(decode({}, { unsigned: { redacted_because: {} } })).toMatchObject({ kind: 'ignored' });
    const thread = { msgtype: 'm.text', body: 'b', 'm.relates_to': { rel_type: 'm.thread', event_id: '$root' } };
    expect(decode(thread)).toMatchObject({ kind: 'message', thread: '$root' });
  });
});

test.each([
  ['a body that is a number', { msgtype: 'm.text', body: 7 }],
  ['a body that is a list', { msgtype: 'm.text', body: ['a'] }],
  ['no body', { msgtype: 'm.text' }],
  ['no msgtype', { body: 'x' }],
  ['a huge body', { msgtype: 'm.text', body: 'x'.repeat(70_000) }],
  ['nothing but space', { msgtype: 'm.text', body: ' \n ' }],
  ['content that is a string', 'x'],
  ['content that is null', null],
])('%s is rejected with a reason', (_, content) => {
  expect(decode(content)).toMatchObject({ kind: 'rejected', key: '$one', reason: expect.any(String) });
});

test('events without their ids are rejected under a key of their own, always the same', () => {
  const first = decode({ body: 'a' }, { event_id: undefined });
  expect(first).toMatchObject({ kind: 'rejected' });
  expect(decode({ body: 'a' }, { event_id: undefined })).toEqual(first);
  expect(decode({ body: 'b' }, { event_id: undefined })).not.toEqual(first);
  expect(decodeTimelineEvent(room, event({ msgtype: 'm.text', body: 'x' }, { sender: 'ann' }))).toMatchObject({
    kind: 'rejected',
  });
});

test('nesting without end is no harm', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
  expect(decode(deep, { event_id: undefined })).toMatchObject({ kind: 'rejected' });
  expect(decode({ msgtype: 'm.text', body: 'x', 'm.relates_to': deep })).toMatchObject({ kind: 'message' });
});

test('keys of the prototype are data', () => {
  const hostile = JSON.parse('{"__proto__":{"msgtype":"m.text","body":"x"}}');
  expect(decode(hostile)).toMatchObject({ kind: 'rejected' });
  expect(decode({ msgtype: 'm.text', body: 'x', 'm.relates_to': { rel_type: 'constructor' } })).toMatchObject({
    text: 'x',
  });
});

test('an invitation', () => {
  const member = {
    type: 'm.room.member',
    state_key: bot,
    sender: '@ann:x',
    content: { membership: 'invite', is_direct: true },
  };
  const invite = (...events: unknown[]) => decodeInvite(room, { invite_state: { events } }, bot, 's1');
  expect(invite(member)).toMatchObject({
    kind: 'invite',
    sender: '@ann:x',
    direct: true,
    space: false,
    encryptedRoom: false,
  });
  const space = { type: 'm.room.create', state_key: '', content: { type: 'm.space' } };
  expect(invite(space, member, { type: 'm.room.encryption', content: {} })).toMatchObject({
    space: true,
    encryptedRoom: true,
  });
  expect(invite(space)).toMatchObject({ kind: 'rejected' });
  expect(decodeInvite(room, null, bot, 's1')).toMatchObject({ kind: 'rejected' });
  const key = (since: string) =>
    (decodeInvite(room, { invite_state: { events: [member] } }, bot, since) as { eventId: string }).eventId;
  expect(key('s1')).toBe(key('s1'));
  expect(key('s2')).not.toBe(key('s1'));
});

test('never throws, and what comes out is JSON that Postgres takes, whatever comes in', { timeout: 60_000 }, () => {
  const codeUnits = fc
    .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0xd83d, 0x61)))
    .map((units) => String.fromCharCode(...units));
  const anything = fc.anything({
    withNullPrototype: true,
    maxDepth: 4,
    key: fc.oneof(fc.string(), fc.constantFrom('msgtype', 'body', 'url', '__proto__', 'm.relates_to')),
  });
  const nearly = fc.record(
    {
      type: fc.constantFrom('m.room.message', 'm.room.member', 'm.room.redaction', 'm.room.encrypted', 'm.room.name'),
      event_id: fc.oneof(fc.constant('$e'), codeUnits, fc.anything()),
      sender: fc.oneof(fc.constant('@ann:x'), fc.string(), fc.anything()),
      state_key: fc.oneof(fc.constant('@ann:x'), fc.anything()),
      origin_server_ts: fc.anything(),
      unsigned: fc.anything(),
      content: fc.record(
        {
          msgtype: fc.oneof(fc.constantFrom('m.text', 'm.file', 'm.emote'), fc.anything()),
          body: fc.oneof(codeUnits, fc.anything()),
          filename: fc.oneof(codeUnits, fc.anything()),
          url: fc.oneof(fc.constant('mxc://x/y'), fc.anything()),
          membership: fc.oneof(fc.constantFrom('join', 'leave', 'invite'), fc.anything()),
          info: fc.anything(),
          'm.relates_to': fc.oneof(fc.constant({ rel_type: 'm.replace', event_id: '$t' }), fc.anything()),
          'm.new_content': fc.oneof(fc.constant({ msgtype: 'm.text', body: '\0' }), fc.anything()),
          'm.mentions': fc.oneof(fc.constant({ user_ids: ['@a\0:x'] }), fc.anything()),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(anything, nearly), (value) => {
      for (const inbound of [decodeTimelineEvent(room, value), decodeInvite(room, value, bot, 's')]) {
        const json = JSON.stringify(classify(inbound, bot, 1));
        // What JSON.stringify escapes that way is what jsonb refuses.
        expect(json.replaceAll('\\\\', '')).not.toMatch(/\\u0000|\\ud[89a-f]/);
      }
    }),
    { numRuns: 1_000 },
  );
});
