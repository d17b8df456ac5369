import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putOpsAccount } from '../shared/store/ops-accounts.ts';
import { hashPassword } from '../shared/store/ops-password.ts';
import { openDatabase } from '../shared/store/postgres.ts';
import {
  type Browser,
  type BrowserContextOptions,
  findingsOfAxe,
  logIn,
  openTestBrowser,
  type Page,
  WITHOUT_BROWSER,
  widthOf,
} from './test-browser.ts';
import { type Resident, TestStack } from './test-stack.ts';

const READER = { user: 'rea', password: 'correct horse battery' };
type Session = Exclude<BrowserContextOptions['storageState'], string | undefined>;
const slow = { timeout: 20_000, interval: 100 };

describe.skipIf(WITHOUT_BROWSER !== '')(`the operator's page in a browser${WITHOUT_BROWSER}`, () => {
  let stack: TestStack;
  let ann: Resident;
  let browser: Browser;
  let base: string;
  let operator: { user: string; password: string };
  /** One login for all tests of an account, but those that log in or out themselves. */
  const sessions: Record<string, Promise<Session>> = {};
  /** A turn that is over. */
  let over: string;
  beforeAll(async () => {
    [stack, browser] = await Promise.all([new TestStack({ scale: { 'turn-worker': 2 } }).up(), openTestBrowser()]);
    operator = stack.stack.ops!;
    base = stack.stack.ops!.url;
    const database = openDatabase(stack.stack.database_url, { namespace: 'surfaces', max: 1 });
    await putOpsAccount(database, { name: READER.user, role: 'reader', password: await hashPassword(READER.password) });
    await database.close();
    ann = await stack.atHome();
    over = (await ann.ask('How are you?')) && (await ann.say('demo error'));
    await ann.untilAnswered(over);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.end();
  }, 60_000);

  const room = () => `/rooms/${encodeURIComponent(ann.home.room)}`;
  const person = () => `/people/${encodeURIComponent(ann.person.userId)}`;
  const turn = (event: string) => `/turns/${encodeURIComponent(event)}`;
  const pathOf = (page: Page) => page.url().slice(base.length);
  const told = (page: Page) => page.textContent('.told');
  const badge = (page: Page) => page.textContent('h1 .badge');

  async function open(path: string, as = operator, options: BrowserContextOptions = {}): Promise<Page> {
    sessions[as.user] ??= sessionOf(as);
    const page = await browser.newPage({ ...options, storageState: (await sessions[as.user])! });
    page.setDefaultTimeout(slow.timeout);
    await page.goto(base + path);
    return page;
  }
  async function sessionOf(as: typeof operator): Promise<Session> {
    const page = await browser.newPage();
    await page.goto(base);
    await logIn(page, as);
    await page.waitForURL(`${base}/`);
    const session = await page.context().storageState();
    await page.close();
    return session;
  }
  /** Searches by the field that stands on every page. */
  async function search(page: Page, text: string): Promise<void> {
    await page.fill('header [type=search]', text);
    await page.press('header [type=search]', 'Enter');
  }
  /** From the page that one is at by its button, and through the page that asks. */
  async function act(page: Page, button: string, confirm: string): Promise<string> {
    await page.click(`main a:text-is("${button}")`);
    await page.waitForSelector('form.confirm');
    await page.click(`form.confirm button:text-is("${confirm}")`);
    await page.waitForSelector('.told');
    return (await told(page))!;
  }
  async function newestInAudit(page: Page): Promise<string> {
    await page.goto(`${base}/audit`);
    return (await page.textContent('.audit tbody tr'))!.replace(/\s+/g, ' ');
  }

  test('refuses a wrong password, and lets in to where one wanted to go', async () => {
    const page = await browser.newPage();
    await page.goto(`${base}/rooms?state=active`);
    await logIn(page, { ...operator, password: 'wrong' });
    await expect.poll(() => told(page), slow).toBe('User and password do not fit together.');
    await logIn(page, operator);
    await page.waitForURL(`${base}/rooms?state=active`);
    await page.click('header .account button');
    await expect.poll(() => told(page), slow).toBe('You are logged out.');
    await page.goto(`${base}/audit`);
    expect(pathOf(page)).toBe('/login?to=%2Faudit');
    await page.close();
  });

  test('changes while a turn runs, and a pasted link leads to the turn, its room and its person', async () => {
    const overview = await open('/');
    await overview.evaluate('window.notReloaded = true');
    const figure = () => overview.textContent('#tile-turns .figure');
    await expect.poll(figure, slow).toBe('0');
    const event = await ann.say('demo words=250 pace=20');
    await expect.poll(figure, slow).toBe('1');

    const page = await open('/search');
    await search(page, `https://matrix.to/#/${ann.home.room}/${event}?via=example.org`);
    await page.waitForURL(base + turn(event));
    expect(await badge(page)).toBe('begun');
    expect(await page.textContent('.standing')).toMatch(/Held by turn-worker-\d, epoch \d+/);
    expect(await page.textContent('.steps')).not.toContain('Committed');
    await ann.untilAnswered(event);
    await expect.poll(async () => (await page.reload()) && badge(page), slow).toBe('answered');
    expect(await page.locator('.standing').count()).toBe(0);
    expect(await page.textContent('.steps')).toMatch(/turn-worker-\d/);

    await page.click(`main a[href="${room()}"]`);
    await expect.poll(() => page.textContent('h1'), slow).toBe('How are you?');
    await page.click(`main dl a[href="${person()}"]`);
    await expect.poll(() => page.textContent('h1'), slow).toContain(ann.person.userId);
    await expect.poll(figure, slow).toBe('0');
    expect(await overview.evaluate('window.notReloaded')).toBe(true);
    await Promise.all([overview.close(), page.close()]);
  });

  test('a lane is released, and a turn stopped', async () => {
    const event = await ann.say('demo words=3000 pace=20');
    await ann.untilShows(event, 'word5');
    const page = await open(room());
    expect(await act(page, 'Release the lane …', 'Release it')).toContain('Release a lane, done');
    expect(pathOf(page)).toMatch(room());
    expect(await newestInAudit(page)).toMatch(/operator ?Release a lane/);
    await page.goto(base + turn(event));
    expect(await act(page, 'Stop this turn …', 'Stop this turn')).toContain('Stop a turn, done');
    expect((await ann.untilAnswered(event)).state).toBe('stopped');
    await expect.poll(async () => (await page.reload()) && badge(page), slow).toBe('stopped');
    expect(await newestInAudit(page)).toMatch(/operator ?Stop a turn/);
    await page.close();
  });

  test('what waits in a room is stopped', async () => {
    const running = await ann.say('demo words=3000 pace=20');
    const waiting = await ann.say('and this one waits');
    await ann.untilShows(running, 'word5');
    const page = await open(room());
    expect(await act(page, 'Stop all that waits …', 'Stop all of it')).toContain('one message that waited was dropped');
    expect((await ann.untilAnswered(waiting)).state).toBe('stopped');
    expect(await newestInAudit(page)).toMatch(/operator ?Stop a room/);
    await page.close();
  });

  test('a person is blocked and let in again', async () => {
    const page = await open(person());
    await page.click('main a:text-is("Block …")');
    await page.fill('#reason', 'Only <b>for</b> a test');
    await page.click('form.confirm button:text-is("Block")');
    await expect.poll(() => told(page), slow).toContain('Block, done');
    expect(await badge(page)).toBe('blocked');
    expect(await newestInAudit(page)).toContain('Only <b>for</b> a test');
    await page.goto(base + person());
    expect(await act(page, 'Unblock …', 'Unblock')).toContain('Unblock, done');
    expect(await page.locator('h1 .badge').count()).toBe(0);
    expect(await newestInAudit(page)).toMatch(/operator ?Unblock/);
    expect((await ann.ask('Am I in again?')).state).toBe('done');
    await page.close();
  });

  test('a worker is drained, and takes work again', async () => {
    const page = await open('/actions');
    const row = page.locator('tr', { hasText: 'turn-worker-2' });
    const ready = async () => (await fetch(`${stack.role('turn-worker', 2).url}/ready`)).status;
    await row.locator('a').click();
    await page.click('form.confirm button');
    await expect.poll(() => told(page), slow).toContain('Drain, done');
    await expect.poll(ready, slow).toBe(503);
    await expect.poll(async () => (await page.reload()) && row.textContent(), slow).toContain('draining');
    expect(await newestInAudit(page)).toMatch(/operator ?Drain/);
    await page.goto(`${base}/actions`);
    await row.locator('a:text-is("Undrain …")').click();
    await page.click('form.confirm button');
    await expect.poll(() => told(page), slow).toContain('Undrain, done');
    await expect.poll(ready, slow).toBe(200);
    expect(await newestInAudit(page)).toMatch(/operator ?Undrain/);
    await page.close();
  });

  test('a reconciliation shows its plan, and is run', async () => {
    const page = await open('/actions');
    await page.click('main a:text-is("See what a full one would do …")');
    expect(await page.textContent('.plan')).toContain('Nothing is to be done.');
    await page.click('form.confirm button');
    await expect.poll(() => told(page), slow).toContain('Reconcile, done');
    expect(await newestInAudit(page)).toMatch(/operator ?Reconcile/);
    await page.close();
  });

  test('a reader sees all of it, and can change nothing', async () => {
    const event = await ann.say('demo words=3000 pace=20');
    await ann.untilShows(event, 'word2');
    const page = await open('/actions', READER);
    const pages = [turn(event), room(), person(), '/actions', '/dead-letters', '/audit'];
    for (const path of pages) {
      await page.goto(base + path);
      const ways = await page
        .locator('main a[href^="/actions/"], main form[method=post], main [action^="/actions"]')
        .count();
      expect([path, ways]).toEqual([path, 0]);
    }
    expect((await page.goto(`${base}/actions/stop-turn?subject=${encodeURIComponent(event)}`))!.status()).toBe(403);
    const csrf = (await page.getAttribute('header [name=csrf]', 'value'))!;
    const sent = await page.request.post(`${base}/actions/stop-turn`, { form: { csrf, subject: event } });
    expect([sent.status(), await sent.text()]).toEqual([403, expect.stringContaining('This takes an operator')]);
    await page.goto(base + turn(event));
    expect(await badge(page)).toBe('begun');
    await page.close();
    await ann.command('!stop');
  });

  test('needs no script to be read, nor to act', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(base);
    await logIn(page, operator);
    expect(await page.textContent('#live-state')).toMatch(/^As of \d\d:\d\d UTC\. Reload$/);
    expect(await page.textContent('#processes')).toContain('turn-worker-2');
    await search(page, over);
    expect(await badge(page)).toBe('failed');
    expect(await page.locator('.steps li').count()).toBeGreaterThan(4);
    for (const path of await everyPath()) {
      await page.goto(base + path);
      expect(await page.textContent('main h1'), path).not.toBe('');
    }
    await page.goto(`${base}/actions`);
    expect(await act(page, 'A light one …', 'Run it all the same')).toContain('Reconcile, done');
    await page.click('header .account button');
    expect(await told(page)).toBe('You are logged out.');
    await page.close();
  });

  test('needs no pointer, and shows where one is', async () => {
    const page = await browser.newPage();
    await page.goto(base);
    const at = () => page.evaluate<string>('document.activeElement.outerHTML');
    const outlined = () => page.evaluate("getComputedStyle(document.activeElement).outlineStyle === 'solid'");
    async function tabTo(what: string): Promise<void> {
      for (let tabs = 0; !(await page.evaluate(`document.activeElement.matches(${JSON.stringify(what)})`)); tabs++) {
        if (tabs === 60) throw new Error(`no ${what} comes within 60 tabs`);
        await page.keyboard.press('Tab');
        expect(await outlined(), await at()).toBe(true);
      }
    }
    await page.waitForSelector('#user:focus');
    await page.keyboard.type(operator.user);
    await tabTo('#password');
    await page.keyboard.type(operator.password);
    await tabTo('form.login button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#verdict');
    await tabTo('.skip');
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: expect.toSatisfy((x: number) => x >= 0) });
    await tabTo('header [type=search]');
    await page.keyboard.type(ann.home.room);
    await page.keyboard.press('Enter');
    await page.waitForURL(base + room());
    await tabTo(`main a[href="${turn(over)}"]`);
    await page.keyboard.press('Enter');
    await page.waitForURL(base + turn(over));
    await tabTo('header .account button');
    await page.keyboard.press('Enter');
    await expect.poll(() => told(page), slow).toBe('You are logged out.');
    await page.close();
  });

  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)(
    'is sound to axe and needs no pushing aside on each page, %s and %d px wide',
    async (colorScheme, width) => {
      const wrong: string[] = [];
      const problems: string[] = [];
      const look = async (page: Page, path: string) => {
        if ((await widthOf(page)) > width) wrong.push(`${path}: ${await widthOf(page)} px wide`);
        wrong.push(...(await findingsOfAxe(page)).filter(isSerious).map((finding) => `${path}: ${finding}`));
      };
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(base);
      await look(page, '/login');
      await logIn(page, operator);
      await page.waitForURL(`${base}/`);
      for (const path of await everyPath()) {
        await page.goto(base + path);
        await look(page, path);
      }
      expect([wrong, problems]).toEqual([[], []]);
      await page.close();
    },
  );

  const isSerious = (finding: string) => /^(serious|critical) /.test(finding);

  /** Of each kind of page one; what is asked about before it is done, too. */
  async function everyPath(): Promise<string[]> {
    const about = (act: string, subject: string) => `/actions/${act}?subject=${encodeURIComponent(subject)}`;
    return [
      ...[
        '/',
        '/search',
        '/search?q=surfaces',
        '/rooms',
        room(),
        '/people',
        person(),
        turn(over),
        '/actions',
        '/audit',
      ],
      ...['/dead-letters', '/dead-letters?kind=events', '/dead-letters?kind=jobs'],
      about('block', ann.person.userId),
      about('stop-waiting', ann.home.room),
      about('reconcile', 'light'),
    ];
  }
});
