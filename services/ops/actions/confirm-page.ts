import type { Act } from '../../../shared/operate/audited.ts';
import type { Visitor } from '../access/visitor.ts';
import { html } from '../page/html.ts';
import { csrfField, type Page } from '../page/layout.ts';
import type { Before } from './action.ts';

/** Says what will happen, what will not, what can be lost; and asks. */
export function confirmPage(
  before: Before,
  { act, subject, back }: { act: Act; subject: string; back: string | undefined },
  visitor: Visitor,
): Page {
  const { title, will, wont = [], lost, facts, fields, button, costs, seen, not } = before;
  const list = (name: string, sentences: readonly string[]) =>
    sentences.length > 0 && html`<h2>${name}</h2><ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
  const away = html`<a class="button" href=${back ?? '/actions'}>${not ? 'Back' : 'Leave it as it is'}</a>`;
  return {
    title,
    place: 'actions',
    body: html`<h1>${title}</h1>
      ${facts}
      ${
        not
          ? html`<p class="told problem" role="status">${not}</p><p class="actions">${away}</p>`
          : html`${list('What will happen', will)} ${list('What will not', wont)} ${list('What can be lost', lost)}
          <form class="confirm" method="post" action=${`/actions/${act}`}>
            ${csrfField(visitor)}
            <input type="hidden" name="subject" value=${subject} />
            ${seen !== undefined && html`<input type="hidden" name="seen" value=${seen} />`}
            ${back !== undefined && html`<input type="hidden" name="back" value=${back} />`}
            ${fields && html`<p class="fields">${fields}</p>`}
            <p class="actions"><button class=${costs ? 'danger' : 'primary'}>${button}</button> ${away}</p>
          </form>`
      }`,
  };
}
