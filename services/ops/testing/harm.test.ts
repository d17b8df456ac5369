import { expect, test } from 'vitest';
import { documentOf, html } from '../page/html.ts';
import { harmIn } from './harm.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';

test.each([
  '<script>alert(1)</script>',
  '<script src="https://evil.example/x.js"></script>',
  '<img src=x onerror=alert(1)>',
  '<p onclick="alert(1)">x</p>',
  '<p style="color:red">x</p>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="//evil.example">x</a>',
  '<a href="/" autofocus onfocus="x">x</a>',
  '<form action="https://evil.example"></form>',
  '<meta http-equiv="refresh" content="0">',
  '<p>turned\u202E around</p>',
  '<p>\u001b[2J</p>',
  '<svg/onload=alert(1)>',
  '<!-- -->',
])('%s is harm', (source) => expect(harmIn(`<!doctype html><html><body>${source}</body></html>`)).not.toEqual([]));

test('what is only read is none: any text in an element or an attribute of ours, but for signs that steer', () => {
  for (const text of HOSTILE_TEXTS) {
    const signs = harmIn(
      documentOf(html`<p title=${text}>${text} <a href=${`/rooms/${encodeURIComponent(text)}`}>x</a></p>`),
    );
    expect(
      signs.filter((sign) => !sign.startsWith('U+')),
      text,
    ).toEqual([]);
  }
});
