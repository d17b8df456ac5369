import { harmless } from '../../../shared/texts/harmless.ts';
import { ago, clock, span } from '../../../shared/time/ago.ts';
import { type Html, html } from './html.ts';

/** Names longer than this are cut: they are people’s, and may be of any length. */
const LONGEST_NAME = 120;

/** A text from outside as one line of harmless text; null where nothing of it is left. */
export function plain(text: string | null): string | null {
  if (text === null) return null;
  const line = harmless(text).replace(/\s+/gu, ' ').trim();
  const letters = [...line];
  if (letters.length > LONGEST_NAME) return `${letters.slice(0, LONGEST_NAME).join('')}…`;
  return line === '' ? null : line;
}

/** A name that somebody gave: it cannot turn or touch what stands around it. */
export function named(text: string | null, instead: string): Html {
  const line = plain(text);
  return line === null ? html`<span class="quiet">${instead}</span>` : html`<bdi>${line}</bdi>`;
}

/** An id, which may be broken anywhere. */
export function idText(id: string): Html {
  return html`<bdi class="id">${plain(id) ?? '(empty)'}</bdi>`;
}

/** A time by its distance, with the clock’s in its title. */
export function when(at: Date | null, now: number, never = 'never'): Html {
  if (at === null) return html`<span class="quiet">${never}</span>`;
  const ahead = at.getTime() - now;
  const text = ahead > 1_500 ? `in ${span(ahead)}` : ago(at, now);
  return html`<time datetime=${at.toISOString()} title=${clock(at)}>${text}</time>`;
}

/** How long something took: `84 ms`, `4.2 s`, `3 min`. */
export function took(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole} ms`;
  return whole < 100_000 ? `${(whole / 1_000).toFixed(1)} s` : span(whole);
}

/** `812 B`, `4.1 KiB`, `2.0 MiB`. */
export function bytes(count: number): string {
  if (count < 1_024) return `${count} B`;
  const [unit, size] =
    count < 1_024 ** 2 ? ['KiB', 1_024] : count < 1_024 ** 3 ? ['MiB', 1_024 ** 2] : ['GiB', 1_024 ** 3];
  return `${(count / Number(size)).toFixed(1)} ${unit}`;
}

export function number(count: number): string {
  return count.toLocaleString('en');
}

/** `1 room`, `4 rooms`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}
