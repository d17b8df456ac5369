import type { FastifyReply, FastifyRequest } from '../http.ts';
import { type Html, html } from '../page/html.ts';
import { type Page, sendPage } from '../page/layout.ts';

/** Another way in, offered beside the form. */
export type OtherWay = { readonly href: string; readonly name: string };

export type LoginPage = {
  /** Where to go on to: a path of this site. */
  readonly to: string;
  readonly otherWays: readonly OtherWay[];
  readonly problem?: string;
  readonly told?: NonNullable<Page['told']>;
};

export function sendLoginPage(request: FastifyRequest, reply: FastifyReply, page: LoginPage): FastifyReply {
  const told = page.problem === undefined ? page.told : ({ text: page.problem, kind: 'problem' } as const);
  const body = loginForm(page);
  return sendPage(request, reply, { title: 'Log in', place: 'login', body, ...(told && { told }) });
}

function loginForm({ to, otherWays }: LoginPage): Html {
  const query = to === '/' ? '' : `?to=${encodeURIComponent(to)}`;
  return html`<form class="login" method="post" action="/login">
    <h1>surfaces</h1>
    <input type="hidden" name="to" value=${to} />
    <label for="user">User</label>
    <input id="user" name="user" autocomplete="username" autofocus required />
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required />
    <button>Log in</button>
    ${otherWays.map(({ href, name }) => html`<a class="button" href=${href + query}>${name}</a>`)}
  </form>`;
}
