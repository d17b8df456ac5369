import { expect, test } from 'vitest';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import { inWork } from '../../shared/runtime/work.ts';
import type { AnswerMessage, Chat, Utterance } from '../../shared/surface/port.ts';
import { CourseWatch, withCourse } from './course-watch.ts';

const message = (text: string, part = 1): AnswerMessage => ({ op: 'op', text, state: 'streaming', part, last: false });
const context = { epoch: 7, resumed: true, waits: 2 } as RunContext;

/** Takes every post, and edits but those with the key `late`. */
const chat: Chat = {
  id: '!room',
  limits: { maxPartBytes: 1_000, maxEdits: 30 },
  sendMs: () => 5,
  post: async (_, draft, { ageMs }) => (ageMs > 0 ? '$found' : draft() && '$posted'),
  edit: async (_, __, key, draft) => draft() !== null && key !== 'late',
  say: async () => {},
  typing: () => {},
};
const { signal } = new AbortController();
const signals = { signal, lost: signal };

test('notes what left, how long it was, and when the agent was heard; never what was said', async () => {
  const watch = new CourseWatch();
  const watched = watch.watched(chat);
  expect(watch.course(context, 'turn-worker-1', 12.4)).toMatchObject({ heardFirstMs: null, drafts: [] });
  watch.heard();
  expect(await watched.post('op', () => message('слово'), { ageMs: 0 })).toBe('$posted');
  expect(await watched.post('op', () => message('found again'), { ageMs: 9 })).toBe('$found');
  await watched.edit('$m', 'op', '7.0', () => message('слово, word'), signals);
  await watched.edit('$m', 'op', '7.1', () => null, signals);
  await watched.edit('$m', 'op', 'late', () => message('it did not go out'), signals);
  const full = { chat: '!room', say: { type: 'answer', ...message('full', 2) } } as Utterance;
  await watched.say(full, { ageMs: 0 });
  const course = inWork({}, (work) => {
    work.limited = 3;
    return watch.course(context, 'turn-worker-1', 12.4);
  });
  expect(course).toMatchObject({
    worker: 'turn-worker-1',
    ...context,
    queuedMs: 12,
    limited: 3,
    drafts: [
      [expect.any(Number), 1, 10],
      [expect.any(Number), 1, 16],
      [expect.any(Number), 2, 4],
    ],
    moreDrafts: 0,
  });
  expect(course.heardLastMs).toBeGreaterThanOrEqual(course.heardFirstMs!);
  expect(JSON.stringify(course)).not.toMatch(/word|full/);
});

test('an answer without end leaves a record of bounded size', async () => {
  const watch = new CourseWatch();
  const watched = watch.watched(chat);
  for (let n = 0; n < 2_000; n += 1) await watched.edit('$m', 'op', `7.${n}`, () => message('x'.repeat(n)), signals);
  const course = watch.course(context, 'turn-worker-1', 0);
  expect(course.drafts).toHaveLength(60);
  expect(course.moreDrafts).toBe(1_940);
  expect(JSON.stringify(course).length).toBeLessThan(1_500);
});

test('stands beside the words that end the answer, and beside nothing else', () => {
  const course = new CourseWatch().course(context, 'turn-worker-1', 0);
  const answer = (part: number, last: boolean) => ({
    op: `op${part}.final`,
    body: { chat: '!room', say: { type: 'answer', ...message('x', part), last } },
  });
  const notice = { op: 'n.final', body: { chat: '!room', say: { type: 'saying', op: 'n', kind: 'notice', text: '' } } };
  const sends = withCourse([notice, answer(1, false), answer(2, true)], course);
  expect(sends.map(({ body }) => (body as { course?: unknown }).course)).toEqual([undefined, undefined, course]);
});
