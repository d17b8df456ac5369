import { putOpsAccount } from '../../../shared/store/ops-accounts.ts';
import { hashPassword } from '../../../shared/store/ops-password.ts';
import { PASSWORD, type TestSite } from '../test-site.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const READER = { name: 'rea', password: 'rea’s own' } as const;

/** For tests: the record's account of a reader. */
export async function addReader({ database }: TestSite): Promise<void> {
  await putOpsAccount(database, { name: READER.name, role: 'reader', password: await hashPassword(READER.password) });
}

/** For tests: somebody who has logged in with a browser without script. */
export async function testVisitor({ site }: TestSite, name = 'operator', password = PASSWORD) {
  const answer = await site.inject({
    method: 'POST',
    url: '/login',
    payload: new URLSearchParams({ user: name, password }).toString(),
    headers: FORM,
  });
  const cookies = { surfaces_ops: answer.cookies.find((cookie) => cookie.name === 'surfaces_ops')!.value };
  const accept = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };
  const get = (url: string, headers: Record<string, string> = {}) =>
    site.inject({ url, cookies, headers: { ...accept, ...headers } });
  const post = (url: string, fields: Record<string, string>) => {
    const payload = new URLSearchParams(fields).toString();
    return site.inject({ method: 'POST', url, cookies, payload, headers: { ...FORM, ...accept } });
  };
  return {
    cookies,
    get,
    post,
    /** Opens the page of an act, presses its button, and goes where that leads. @returns the status of the press and the page. */
    async act(act: string, subject: string, more: Record<string, string> = {}, from?: string) {
      const page = await get(`/actions/${act}?subject=${encodeURIComponent(subject)}`, from ? { referer: from } : {});
      const pressed = await post(`/actions/${act}`, { ...hiddenIn(page.body), ...more });
      const to = String(pressed.headers.location ?? '');
      const shown = to === '' ? pressed : await get(to);
      return { asked: page.body, status: pressed.statusCode, to, told: toldIn(shown.body), body: shown.body };
    },
  };
}

/** What the form of a page sends without being filled in. */
export function hiddenIn(body: string): Record<string, string> {
  const form = /<form class="confirm".*?<\/form>/s.exec(body)?.[0] ?? '';
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name, value]) => [name!, unescaped(value!)]));
}

/** What a page says above everything. */
export function toldIn(body: string): string | undefined {
  const text = /<p class="told[^>]*>([^<]*)<\/p>/.exec(body)?.[1];
  return text && unescaped(text);
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
