import { expect, test } from 'vitest';
import {
  addEvent,
  type ClientEvent,
  type Content,
  newHistory,
  type RoomHistory,
  type Surfaces,
} from '../services/cli/demo/person/room-history.ts';
import { checkRoom } from './check-room.ts';

const BOT = '@bot:here';
const PERSON = '@ann:here';
const check = (history: RoomHistory) => checkRoom(history, { bot: BOT, complete: true });

/** A room in which two questions were answered as promised; each test breaks one thing of it. */
function goodRoom(change: (events: ClientEvent[]) => ClientEvent[] = (events) => events): RoomHistory {
  const events = [
    said('$q1', PERSON, { msgtype: 'm.text', body: 'one?' }),
    ...answered('$a1', '$q1', 'op1'),
    said('$q2', PERSON, { msgtype: 'm.text', body: 'two?' }),
    ...answered('$a2', '$q2', 'op2'),
  ];
  const history = newHistory('!room:here');
  for (const event of change(events)) addEvent(history, event, 0);
  return history;
}

function said(event_id: string, sender: string, content: Content): ClientEvent {
  return { event_id, sender, content, type: 'm.room.message', origin_server_ts: 0 };
}

function answered(id: string, question: string, op: string, more: Partial<Surfaces> = {}): ClientEvent[] {
  const surfaces = (state: Surfaces['state']): Surfaces => ({
    op,
    kind: 'answer',
    in_response_to: question,
    state,
    part: 1,
    last: true,
    ...more,
  });
  const streaming = (body: string): Content => ({
    msgtype: 'm.notice',
    body,
    'org.matrix.msc4357.live': {},
    'm.mentions': {},
    'dev.surfaces': surfaces('streaming'),
  });
  const final: Content = { msgtype: 'm.text', body: 'all of it', 'dev.surfaces': surfaces('done') };
  return [
    said(id, BOT, streaming('all')),
    said(`${id}e1`, BOT, edit(id, streaming('all of'))),
    said(`${id}e2`, BOT, { ...edit(id, final), 'm.mentions': { user_ids: [PERSON] } }),
  ];
}

function edit(event_id: string, content: Content): Content {
  return {
    ...content,
    body: `* ${content.body}`,
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id },
  };
}

const withContent = (events: ClientEvent[], id: string, change: (content: Content) => Content) =>
  events.map((event) => (event.event_id === id ? { ...event, content: change(event.content) } : event));
const without = (events: ClientEvent[], id: string) => events.filter((event) => event.event_id !== id);

test('a room as promised has no problem', () => {
  expect(check(goodRoom())).toEqual([]);
});

test('commands, notices and edits of people are no questions', () => {
  const history = goodRoom((events) => [
    ...events,
    said('$c', PERSON, { msgtype: 'm.text', body: '!help' }),
    said('$n', PERSON, { msgtype: 'm.notice', body: 'fyi' }),
    said('$x', PERSON, edit('$q1', { msgtype: 'm.text', body: 'one!' })),
  ]);
  expect(check(history)).toEqual([]);
});

const broken: [string, string, (events: ClientEvent[]) => ClientEvent[]][] = [
  ['a question without an answer', 'no answer to $q2', (events) => events.slice(0, 5)],
  ['a live flag left', 'left with its live flag', (events) => without(events, '$a2e2')],
  [
    'a final edit with the live flag',
    'is final and has the live flag',
    (events) =>
      withContent(events, '$a1e2', (content) => ({
        ...content,
        'm.new_content': { ...content['m.new_content'], 'org.matrix.msc4357.live': {} },
      })),
  ],
  ['two answers to one question', 'has the parts 1, 1', (events) => [...events, ...answered('$a3', '$q2', 'op3')]],
  ['an operation done twice', 'was done twice', (events) => [...events, ...answered('$a3', '$q2', 'op2')]],
  [
    'answers in the wrong order',
    'began before the answer',
    ([q1, a, b, c, q2, ...second]) => [q1!, q2!, ...second, a!, b!, c!],
  ],
  [
    'two turns at once',
    'began before the answer',
    ([q1, a, b, c, q2, d, ...rest]) => [q1!, q2!, a!, b!, d!, c!, ...rest],
  ],
  [
    'a draft that mentions',
    'mentions somebody before its end',
    (events) => withContent(events, '$a1e1', (content) => ({ ...content, 'm.mentions': { user_ids: [PERSON] } })),
  ],
  [
    'an end that mentions nobody',
    'does not mention the asker',
    (events) => withContent(events, '$a1e2', ({ 'm.mentions': _, ...content }) => content),
  ],
  [
    'an edit without dev.surfaces',
    'no dev.surfaces.op in its content',
    (events) => withContent(events, '$a1e1', ({ 'dev.surfaces': _, ...content }) => content),
  ],
  [
    'an edit without dev.surfaces in its new content',
    'no dev.surfaces.op in m.new_content',
    (events) =>
      withContent(events, '$a1e1', (content) => ({
        ...content,
        'm.new_content': { ...content['m.new_content'], 'dev.surfaces': undefined },
      })),
  ],
  [
    'another operation id in an edit',
    'more than one operation id',
    (events) =>
      withContent(events, '$a1e1', (content) => ({
        ...content,
        'dev.surfaces': { ...content['dev.surfaces'], op: 'other' },
      })),
  ],
  [
    'too many edits',
    'has 32 edits',
    (events) => [
      ...events,
      ...Array.from({ length: 30 }, (_, index) =>
        said(`$more${index}`, BOT, events.find((event) => event.event_id === '$a1e1')!.content),
      ),
    ],
  ],
  [
    'an answer that ends as a notice',
    'ended as m.notice',
    (events) =>
      withContent(events, '$a1e2', (content) => ({
        ...content,
        'm.new_content': { ...content['m.new_content'], msgtype: 'm.notice' },
      })),
  ],
  [
    'an answer that ends twice',
    'was ended 2 times',
    (events) => [...events, said('$again', BOT, events.find((event) => event.event_id === '$a2e2')!.content)],
  ],
  [
    'an answer without a last part',
    'has no last part',
    (events) =>
      withContent(events, '$a1e2', (content) => ({
        ...content,
        'm.new_content': {
          ...content['m.new_content'],
          'dev.surfaces': { ...content['dev.surfaces'], last: false },
        },
      })),
  ],
];

test.each(broken)('%s is found', (_, problem, change) => {
  expect(check(goodRoom(change)).join('\n')).toContain(problem);
});
