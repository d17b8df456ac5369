import { describe, expect, test } from 'vitest';
import { ENGLISH, RUSSIAN } from './catalogue.ts';
import type { Entry } from './entry.ts';
import { inTime, say, sayPlain, type TextKey } from './say.ts';

const KEYS = Object.keys(ENGLISH) as TextKey[];
const formsOf = (entry: Entry): string[] =>
  typeof entry === 'string'
    ? [entry]
    : [entry.one, entry.few, entry.many, entry.other].filter((form) => form !== undefined);
const placeholdersOf = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

describe('the catalogue', () => {
  test.each(KEYS)('%s has the same placeholders in both languages and all forms', (key) => {
    const english: Entry = ENGLISH[key];
    const russian = RUSSIAN[key];
    const [expected] = formsOf(english).map(placeholdersOf);
    for (const form of [...formsOf(english), ...formsOf(russian)]) expect(placeholdersOf(form)).toEqual(expected);
    if (typeof english === 'string') expect(typeof russian).toBe('string');
    else expect(russian).toMatchObject({ by: english.by, few: expect.any(String), many: expect.any(String) });
  });

  test('Russian is written in Russian', () => {
    const latinOnly = KEYS.filter(
      (key) => !key.startsWith('command_') && !/[а-яё]/i.test(formsOf(RUSSIAN[key])[0] ?? ''),
    );
    expect(
      latinOnly.filter((key) => /[a-z]{3}/i.test(formsOf(ENGLISH[key])[0]?.replace(/\{\w+\}|`[^`]*`/g, '') ?? '')),
    ).toEqual([]);
  });

  test('marks of code and emphasis are in pairs', () => {
    for (const key of KEYS) {
      for (const form of [...formsOf(ENGLISH[key]), ...formsOf(RUSSIAN[key])]) {
        expect(form.split('`').length % 2, form).toBe(1);
        expect(form.split('*').length % 2, form).toBe(1);
      }
    }
  });
});

describe('numbers', () => {
  test.each([
    [1, 'Stopped. 1 waiting message was dropped.', 'Остановлено. Из очереди убрано 1 сообщение.'],
    [3, 'Stopped. 3 waiting messages were dropped.', 'Остановлено. Из очереди убрано 3 сообщения.'],
    [11, 'Stopped. 11 waiting messages were dropped.', 'Остановлено. Из очереди убрано 11 сообщений.'],
    [21, 'Stopped. 21 waiting messages were dropped.', 'Остановлено. Из очереди убрано 21 сообщение.'],
  ])('%i', (dropped, english, russian) => {
    expect(say('en', 'stop_done_dropped', { dropped })).toBe(english);
    expect(say('ru', 'stop_done_dropped', { dropped })).toBe(russian);
  });

  test.each([
    [500, 'in 1 second', 'через 1 секунду'],
    [39_001, 'in 40 seconds', 'через 40 секунд'],
    [150_000, 'in 3 minutes', 'через 3 минуты'],
    [7_200_000, 'in 2 hours', 'через 2 часа'],
  ])('a time of %i ms', (ms, english, russian) => {
    expect(inTime('en', ms)).toBe(english);
    expect(inTime('ru', ms)).toBe(russian);
  });
});

describe('values', () => {
  test('cannot bring markup with them', () => {
    expect(say('en', 'running_tool', { title: '**rm** `x` [a](b) <b> my_file _x_' })).toBe(
      '⚙ *\\*\\*rm\\*\\* \\`x\\` \\[a\\](b) \\<b\\> my_file \\_x\\_ …*',
    );
  });

  test('inside a code span are as they are, and cannot end it', () => {
    expect(say('en', 'unknown_command_at_all', { name: 'a_b*`' })).toMatch(/^There is no command `!a_b\*’`\./);
  });

  test('that are links stay links', () => {
    const link = 'https://matrix.to/#/!room_a:example.org?via=a.b';
    expect(say('en', 'use_room', { room: 'My [room]', room_link: link })).toContain(`[My \\[room\\]](${link})`);
    expect(say('en', 'use_room', { room: 'x', room_link: 'https://a.b/(c' })).toContain('(https://a.b/%28c)');
  });

  test('are one line of bounded length', () => {
    expect(say('en', 'running_tool', { title: `a\n\n# b${'c'.repeat(1000)}` })).toMatch(/^⚙ \*a # bc{290,}… …\*$/);
  });

  test('in names of rooms stay plain', () => {
    expect(sayPlain('en', 'space_name', { person: 'A_*b*' })).toBe('A_*b*’s agents');
  });
});
