import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export type { Browser, BrowserContextOptions, Page };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  .map((folder) => join(folder, 'chromium'))
  .find(isExecutable);

/** Goes behind the name of what needs a browser, where there is none; a CI machine has one, and fails without. */
export const WITHOUT_BROWSER = CHROMIUM || process.env.CI ? '' : ' (skipped: no chromium is installed)';

/** Debian's Chromium, of which nothing but the pages goes over the network. */
export function openTestBrowser(): Promise<Browser> {
  if (!CHROMIUM) throw new Error('no chromium in PATH; Debian has it as the package chromium');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'],
  });
}

/** In the form of the operator's page, as a person fills it in. */
export async function logIn(page: Page, { user, password }: { user: string; password: string }): Promise<void> {
  await page.fill('#user', user);
  await page.fill('#password', password);
  await page.press('#password', 'Enter');
}

/** What axe finds on a page: each with its weight, its rule and the first element. */
export async function findingsOfAxe(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, impact, nodes }) => [impact, id, nodes[0].html].join(' ')))`,
  );
}

/** How wide a page is laid out, in CSS pixels: more than its window is where one has to push it aside. */
export async function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
