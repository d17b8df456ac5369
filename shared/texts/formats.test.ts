import { expect, test } from 'vitest';
import { bytes, date, dateTime, number, price } from './formats.ts';

const at = new Date('2026-11-27T14:05:00Z');

test('dates and times are written as the language does, with their zone', () => {
  expect(date('en', at)).toBe('27 November 2026');
  expect(date('ru', at)).toMatch(/^27 ноября 2026/);
  expect(dateTime('en', at)).toMatch(/^27 November at 14:05 UTC$/);
  expect(dateTime('ru', at)).toMatch(/^27 ноября.* 14:05 UTC$/);
});

test.each([
  [1, '1 byte', '1 байт'],
  [830, '830 bytes', '830 байт'],
  [12_345, '12 kB', '12 кБ'],
  [3_400_000, '3.4 MB', '3,4 МБ'],
])('%i bytes', (size, english, russian) => {
  expect(bytes('en', size)).toBe(english);
  expect(bytes('ru', size).replace(/\u00a0/g, ' ')).toBe(russian);
});

test('numbers', () => {
  expect(number('en', 32_000)).toBe('32,000');
  expect(number('ru', 32_000).replace(/\s/g, ' ')).toBe('32 000');
});

test('prices show two digits that tell something', () => {
  expect(price('en', { amount: 0.416, currency: 'USD' })).toBe('US$0.42');
  expect(price('en', { amount: 0.00312, currency: 'USD' })).toBe('US$0.0031');
  expect(price('ru', { amount: 12.5, currency: 'RUB' }).replaceAll(/\s/g, ' ')).toBe('12,50 ₽');
  expect(price('en', { amount: 2, currency: '??!' })).toBe('2 ??!');
});
