import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../matrix/command-placement.ts';
import { renderMarkdown } from '../surface/markdown.ts';
import { ENGLISH, RUSSIAN } from './catalogue.ts';
import type { Entry } from './entry.ts';
import { say, type TextKey } from './say.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEYS = Object.keys(ENGLISH) as TextKey[];

/** Everything in the sources that looks like a key, or makes one of a template. */
function wordsOfTheSources(): { words: Set<string>; templates: RegExp[] } {
  const words = new Set<string>();
  const templates: RegExp[] = [];
  for (const path of globSync('{services,shared,infra}/**/*.ts', { cwd: ROOT })) {
    if (path.includes('texts/catalogue') || path.endsWith('.test.ts')) continue;
    const source = readFileSync(`${ROOT}/${path}`, 'utf8');
    for (const [, word = ''] of source.matchAll(/'([a-z][a-z0-9_]*)'/g)) words.add(word);
    for (const [, word = ''] of source.matchAll(/\b([a-z]+(?:_[a-z0-9]+)+|[a-z]+)\b:/g)) words.add(word);
    for (const [, template = ''] of source.matchAll(/`([a-z_]*(?:\$\{[^`{}']*\}[a-z_]*)+)`/g))
      if (/[a-z]_|_[a-z]/.test(template.replace(/\$\{[^}]*\}/g, '')))
        templates.push(new RegExp(`^${template.replace(/\$\{[^}]*\}/g, '[a-z_]+')}$`));
  }
  return { words, templates };
}

describe('the catalogue', () => {
  test('has no text that nothing says', () => {
    const { words, templates } = wordsOfTheSources();
    const isUsed = (key: string) => words.has(key) || templates.some((template) => template.test(key));
    expect(KEYS.filter((key) => !isUsed(key))).toEqual([]);
  });

  test('has the words of every command', () => {
    for (const name of Object.keys(COMMANDS))
      for (const part of ['summary', 'usage', 'example']) expect(KEYS).toContain(`command_${name}_${part}`);
  });

  test.each(KEYS)('%s reads whole in both languages, as HTML and as plain text', (key) => {
    for (const [language, catalogue] of [
      ['en', ENGLISH],
      ['ru', RUSSIAN],
    ] as const) {
      const entry: Entry = catalogue[key];
      const template = typeof entry === 'string' ? entry : entry.other;
      const values = Object.fromEntries(
        [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ''], index) => [
          name,
          name.endsWith('link')
            ? 'https://matrix.to/#/!r:x'
            : typeof entry !== 'string' && name === entry.by
              ? 5
              : `Wert${index}`,
        ]),
      );
      const text = (say as (...all: unknown[]) => string)(language, key, values);
      const { body, html } = renderMarkdown(text);
      for (const value of Object.values(values).map(String)) {
        expect(body).toContain(value);
        if (html !== null) expect(html).toContain(value);
      }
      expect(body).not.toMatch(/[{}]|undefined|\[object/);
      expect(html ?? '').not.toMatch(/[{}]|undefined|\*\*|`/);
    }
  });
});
