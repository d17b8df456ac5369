import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Browser,
  type BrowserContextOptions,
  findingsOfAxe,
  logIn,
  openTestBrowser,
  type Page,
  WITHOUT_BROWSER,
  widthOf,
} from '../../../e2e/test-browser.ts';
import { tellPresence } from '../../../shared/queue/presence.ts';
import { Readiness } from '../../../shared/runtime/health.ts';
import { openTestSite, PASSWORD, type TestSite } from '../test-site.ts';

const slow = { timeout: 15_000, interval: 100 };

describe.skipIf(!process.env.DATABASE_URL || WITHOUT_BROWSER)(`the overview in a browser${WITHOUT_BROWSER}`, () => {
  let open: TestSite;
  let browser: Browser;
  let base: string;
  const stops: (() => Promise<unknown>)[] = [];
  const readiness = new Readiness([]);

  beforeAll(async () => {
    open = await openTestSite();
    const env = { SURFACES_NAMESPACE: open.database.namespace, SURFACES_INSTANCE: 'ingress-1' };
    tellPresence({ env, readiness, onStop: (_what, stop) => stops.push(stop) }, 'ingress', open.wakes.redis, 50);
    await open.site.listen({ host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${(open.site.server.address() as AddressInfo).port}`;
    browser = await openTestBrowser();
  });
  afterAll(async () => {
    await browser.close();
    for (const stop of stops) await stop();
    await open.close();
  });

  async function look(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage(options);
    await page.goto(`${base}/login`);
    await logIn(page, { user: 'operator', password: PASSWORD });
    await page.waitForURL(`${base}/`);
    return page;
  }
  const state = (page: Page) => page.textContent('#live-state');

  test('changes by itself, and keeps what is open and where one is', async () => {
    const page = await look();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await expect.poll(() => state(page), slow).toBe('Live');
    await page.click('#chart-waiting-s');
    await page.focus('#queue-turns');
    readiness.unmet('homeserver', 'does not answer');
    await expect.poll(() => page.textContent('#processes'), slow).toContain('homeserver: does not answer');
    expect(await page.getAttribute('#chart-waiting-n', 'open')).not.toBeNull();
    expect(await page.evaluate('document.activeElement.id')).toBe('queue-turns');
    // And goes on from there.
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('queue-attachments');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('says when it is no longer live because the session is over', async () => {
    const page = await look();
    await expect.poll(() => state(page), slow).toBe('Live');
    await open.forget();
    open.site.server.closeAllConnections();
    await expect.poll(() => state(page), slow).toBe('No longer live. Reload');
    await page.click('#live-state a');
    await page.waitForURL(/\/login/);
    await page.close();
  });

  test('is whole without script', async () => {
    const page = await look({ javaScriptEnabled: false });
    expect(await state(page)).toMatch(/^As of \d\d:\d\d UTC\. Reload$/);
    await expect
      .poll(async () => {
        await page.reload();
        return page.textContent('#processes');
      }, slow)
      .toContain('ingress-1');
    expect(await page.textContent('#verdict')).not.toBe('');
    await page.close();
  });

  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('has no finding of axe, and fits, %s and %d px wide', async (colorScheme, width) => {
    const page = await look({ colorScheme, viewport: { width, height: 800 } });
    await expect.poll(() => state(page), slow).toBe('Live');
    expect(await findingsOfAxe(page)).toEqual([]);
    expect(await widthOf(page)).toBe(width);
    await page.close();
  });
});
