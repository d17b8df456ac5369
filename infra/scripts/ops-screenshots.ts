import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logIn, openTestBrowser, type Page } from '../../e2e/test-browser.ts';
import { type Resident, TestStack } from '../../e2e/test-stack.ts';
import { untilTrue } from '../../e2e/until-true.ts';
import { openSharp } from '../../services/attachment-worker/look/picture.ts';
import { dropFile } from '../../services/cli/demo/person/files.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { sleep } from '../../shared/time/time.ts';

// `node infra/scripts/ops-screenshots.ts [FOLDER]`: brings a stack up, lets people live in it for some minutes, and takes pictures of
// each of the operator’s pages, light, dark and 360 px wide. Those that the docs show go to docs/images, all to FOLDER.

/** What the docs keep: some page in each look. */
const KEPT = [
  ...[
    'overview-light',
    'overview-dark',
    'overview-phone',
    'turn-light',
    'turn-dark',
    'turn-phone',
    'room-light',
    'room-phone',
  ],
  ...['person-dark', 'rooms-light', 'confirm-light', 'reconcile-dark', 'actions-light', 'audit-light'],
];
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
} as const;
/** How long people live there before the pictures. */
const MINUTES = 3;
/** The page's few colours need no more, with the edges of letters. */
const COLOURS = 64;

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'ops-screenshots-'));
const images = join(PROJECT_ROOT, 'docs/images');
mkdirSync(folder, { recursive: true });

const stack = await new TestStack({ scale: { 'turn-worker': 2 } }).up();
const browser = await openTestBrowser();
try {
  const pages = await live(stack);
  for (const [look, options] of Object.entries(LOOKS)) {
    const page = await browser.newPage(options);
    await page.goto(stack.stack.ops!.url);
    await take(page, `login-${look}`);
    await logIn(page, stack.stack.ops!);
    await page.waitForSelector('#verdict');
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(stack.stack.ops!.url + path);
      await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {});
      await take(page, `${name}-${look}`);
    }
    await page.close();
  }
} finally {
  await browser.close();
  await stack.end();
}

/** A little of all that pages tell of. @returns the path of each page by its name. */
async function live(stack: TestStack): Promise<Record<string, string>> {
  const [ann, ben, cem] = await Promise.all([stack.atHome('ann'), stack.atHome('ben'), stack.atHome('cem')]);
  await ann.ask('What do we need for a week on the Baltic coast?');
  await ann.ask('demo markdown');
  await ben.ask('Which trains run on Sunday?');
  await cem.ask('When is low tide in Bergen?');
  await cem.ask('demo error');
  // Charts have a sample each 15 seconds, and want some of them.
  for (let round = 1; round <= MINUTES * 4; round++) {
    await ann.ask(`demo words=${20 * (1 + (round % 4))} pace=20`);
    if (round % 3 === 0) await ben.ask('And on Monday?');
    await sleep(13_000);
  }
  const page = { type: 'text/plain', content: Buffer.from('Tent, stove, two bicycles\n'.repeat(40)) };
  const file = await dropFile(ann.person, ann.home.room, { name: 'packing list.txt', caption: 'demo read', ...page });
  await ann.untilAnswered(file.eventId);
  const asked = await ann.say('demo ask write the list to the shared folder');
  await ann.untilAsked('shared folder');
  await ann.command('!yes');
  await ann.untilAnswered(asked);
  await ann.ask('demo file summary.png');
  await ann.ask('demo words=120 pace=15');
  await ben.say('demo ask book two seats');
  await ben.untilAsked('two seats');
  const stopped = await cem.say('demo words=3000 pace=20');
  await cem.untilShows(stopped, 'word3');
  await act(stack, 'stop-turn', { subject: stopped });
  await cem.untilAnswered(stopped);
  await act(stack, 'block', { subject: '@mallory:example.org', reason: 'Sends the same advertisement to everybody' });
  await act(stack, 'reconcile', { subject: 'light' });
  const drained = await stack.surfaces('drain', 'turn-worker', '2');
  await stack.surfaces('undrain', 'turn-worker', '2');
  if (drained.code !== 0) throw new Error(drained.output);
  const running = await cem.say('demo words=20000 pace=30');
  await cem.untilShows(running, 'word9');
  const waiting = await cem.say('And when does the museum open?');
  await untilTrue('the message to wait', async () => cem.answer(waiting).text === '');
  return pathsOf({ asked, running, ann, cem });
}

function pathsOf({ asked, running, ann, cem }: Record<'asked' | 'running', string> & Record<'ann' | 'cem', Resident>) {
  const about = (act: string, subject: string) => `/actions/${act}?subject=${encodeURIComponent(subject)}`;
  return {
    overview: '/',
    search: '/search',
    found: '/search?q=surfaces',
    'not-found': '/search?q=%24nothing-of-this-id',
    rooms: '/rooms',
    room: `/rooms/${encodeURIComponent(cem.home.room)}`,
    people: '/people',
    person: `/people/${encodeURIComponent(ann.person.userId)}`,
    turn: `/turns/${encodeURIComponent(asked)}`,
    running: `/turns/${encodeURIComponent(running)}`,
    actions: '/actions',
    confirm: about('stop-waiting', cem.home.room),
    reconcile: about('reconcile', 'full'),
    audit: '/audit',
    'dead-letters': '/dead-letters',
    queues: '/queues',
  };
}

async function act(stack: TestStack, name: string, fields: Record<string, string>): Promise<void> {
  const { url, user, password } = stack.stack.ops!;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const body = new URLSearchParams(fields);
  const response = await fetch(`${url}/actions/${name}`, { method: 'POST', headers: { authorization }, body });
  if (!response.ok) throw new Error(`${name} was answered with ${response.status}: ${await response.text()}`);
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  const small = await (await openSharp())(path)
    .png({ palette: true, colours: COLOURS, compressionLevel: 9, effort: 10 })
    .toBuffer();
  writeFileSync(path, small);
  if (KEPT.includes(name)) writeFileSync(join(images, `ops-${name}.png`), small);
}
