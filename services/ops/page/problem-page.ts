import { html } from './html.ts';
import type { Page } from './layout.ts';

const PROBLEMS: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  not_found: {
    title: 'Not found',
    text: 'There is no such page. If you came by an id, search for it: it may be known under another one.',
  },
  database_unavailable: {
    title: 'Postgres does not answer',
    text: 'This page reads the record, which cannot be reached just now. Nothing is lost by that: the homeserver keeps what people write. Reload in a moment; the overview tells of the roles all the same.',
  },
  redis_unavailable: {
    title: 'Redis does not answer',
    text: 'This page needs Redis for this, which cannot be reached just now. Messages wait and are not lost. Reload in a moment.',
  },
  bad_request: { title: 'That did not work', text: 'The request could not be understood.' },
  internal: {
    title: 'Something went wrong here',
    text: 'The page could not be made. The log of the role ops says why.',
  },
};

/** A page in place of the one that was asked for. `details` is shown where it is meant for people. */
export function problemPage(code: string, details?: string): Page {
  const { title, text } = PROBLEMS[code] ?? PROBLEMS.internal!;
  return {
    title,
    place: 'overview',
    body: html`<h1>${title}</h1>
      <p>${text}</p>
      ${details && code !== 'internal' && html`<p class="quiet">${details}</p>`}`,
  };
}
