import { expect, test } from 'vitest';
import { detectLanguage } from './detect-language.ts';

test.each([
  ['How do I get to the station?', 'en'],
  ['Как пройти к вокзалу?', 'ru'],
  ['да', 'ru'],
  ['Почему `npm run build` падает с ошибкой TypeError?', 'ru'],
  ['Übersetze das bitte', 'en'],
  ['What does «привет» mean in English, please?', 'en'],
  ['ok', null],
  ['12 + 30 = ?', null],
  ['🎉🎉🎉', null],
  ['', null],
])('%j', (text, language) => expect(detectLanguage(text)).toBe(language));
