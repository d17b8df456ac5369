import { VERSION } from '../../../shared/runtime/version.ts';
import type { Visitor } from '../access/visitor.ts';
import type { FastifyReply, FastifyRequest } from '../http.ts';
import { documentOf, type Html, html } from './html.ts';

/** Where a page belongs in the navigation. */
export type Place = 'overview' | 'rooms' | 'people' | 'queues' | 'actions' | 'audit' | 'search' | 'login';

/** Said once, above everything: what an action has done, or what is wrong. */
export type Told = { readonly text: string; readonly kind: 'done' | 'problem' };

declare module 'fastify' {
  interface FastifyRequest {
    /** What was done before one came to this page; see actions/told.ts. */
    told: Told | null;
  }
}

export type Page = {
  readonly title: string;
  readonly place: Place;
  readonly body: Html;
  readonly told?: Told;
};

const NAVIGATION: readonly { readonly place: Place; readonly href: string; readonly name: string }[] = [
  { place: 'overview', href: '/', name: 'Overview' },
  { place: 'rooms', href: '/rooms', name: 'Rooms' },
  { place: 'people', href: '/people', name: 'People' },
  { place: 'queues', href: '/queues', name: 'Queues' },
  { place: 'actions', href: '/actions', name: 'Actions' },
  { place: 'audit', href: '/audit', name: 'Audit' },
];

/** Sends a page with everything around it. Status and headers are the reply's own. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .send(documentOf(wholePage({ ...(request.told && { told: request.told }), ...page }, request.visitor ?? null)));
}

function wholePage({ title, place, body, told }: Page, visitor: Visitor | null): Html {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title} · surfaces</title>
      <link rel="stylesheet" href="/assets/style.css" />
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      <script src="/assets/page.js" defer></script>
    </head>
    <body>
      <a class="skip" href="#main">Skip to content</a>
      ${visitor && header(place, visitor)}
      <main id="main">
        ${told && html`<p class=${`told ${told.kind}`} role=${told.kind === 'problem' ? 'alert' : 'status'}>${told.text}</p>`}
        ${body}
      </main>
      <footer>surfaces ${VERSION}</footer>
    </body>
  </html>`;
}

function header(place: Place, visitor: Visitor): Html {
  return html`<header>
    <a class="home" href="/">surfaces</a>
    <nav aria-label="Pages">
      ${NAVIGATION.map(
        (entry) =>
          html`<a href=${entry.href} aria-current=${entry.place === place ? 'page' : undefined}>${entry.name}</a>`,
      )}
    </nav>
    <form class="search" action="/search" role="search">
      <input type="search" name="q" aria-label="Room, person or event" placeholder="Room, person or event id" />
      <button>Search</button>
    </form>
    <form class="account" method="post" action="/logout">
      <span>${visitor.name}<small>${visitor.role}</small></span>
      ${csrfField(visitor)}
      <button>Log out</button>
    </form>
  </header>`;
}

/** Belongs into every form that changes something: without it the form is refused. */
export function csrfField({ csrf }: Visitor): Html {
  return html`<input type="hidden" name="csrf" value=${csrf} />`;
}
