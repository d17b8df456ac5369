import type { Backlog } from '../../shared/lane/sweep.ts';

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; margin: 0 0 1.5rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .45rem .5rem; border-bottom: 1px solid var(--line); font-weight: normal; }
td:last-child { text-align: right; font-variant-numeric: tabular-nums; }
form { display: grid; gap: .75rem; max-width: 20rem; }
input, button { font: inherit; padding: .5rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; }
button { cursor: pointer; }
.wrong { color: #c0392b; }
nav { display: flex; gap: 1rem; align-items: baseline; margin-top: 2rem; }
`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · surfaces</title><link rel="stylesheet" href="/style.css"><body>${body}</body></html>`;
}

export const stylesheet = STYLE;

export function loginPage(problem?: string): string {
  return page(
    'Log in',
    `<h1>surfaces</h1><form method="post" action="/login">
${problem ? `<p class="wrong" role="alert">${problem}</p>` : ''}
<label for="user">User</label><input id="user" name="user" autocomplete="username" autofocus required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Log in</button></form>`,
  );
}

export type Overview = { readonly backlog: Backlog; readonly people: number; readonly chats: number };

/** What waits, since when, and what there is. Reload it for newer figures. */
export function overviewPage({ backlog, people, chats }: Overview): string {
  const row = (name: string, value: string | number) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`;
  return page(
    'Overview',
    `<h1>surfaces</h1><table>
${row('Messages that wait or run', backlog.items)}
${row('Rooms they are in', backlog.lanes)}
${row('The oldest has waited', `${backlog.oldestSeconds.toFixed(1)} s`)}
${row('Committed and not yet sent', backlog.unsent)}
${row('People', people)}
${row('Conversations', chats)}
</table><nav><a href="/queues">Queues</a><a href="/metrics">Metrics</a><form method="post" action="/logout"><button>Log out</button></form></nav>`,
  );
}
