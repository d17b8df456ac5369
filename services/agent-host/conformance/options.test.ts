import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePort } from '../../../shared/runtime/free-port.ts';
import { readOptions, UsageError } from './options.ts';
import { choosePrompts, DEMO_PROMPTS } from './prompts.ts';
import { listRules, rulesPage } from './report.ts';
import { RULES } from './rules.ts';

const MAIN = new URL('./main.ts', import.meta.url).pathname;
const DOCUMENT = new URL('../../../docs/AGENT-PROTOCOL.md', import.meta.url).pathname;
const HOST = ['--url', 'ws://127.0.0.1:7700', '--token', 't'];

test.each([
  [['--url', 'http://x', '--token', 't'], '--url has to be like ws://127.0.0.1:7700, which “http://x” is not.'],
  [['--token', 't'], 'Say with --url where the host listens, or set AGENT_URL.'],
  [['--url', 'ws://x'], 'Say with --token what the host lets in, or set AGENT_TOKEN.'],
  [[...HOST, '--script', 'bash'], '--script is demo or none, not “bash”.'],
  [[...HOST, '--patience', 'long'], '--patience is a number of seconds, not “long”.'],
  [[...HOST, '--only', 'unicorns'], 'No rule has “unicorns” in it; --list names all.'],
  [
    [...HOST, '--prompt-echo', 'say it'],
    '--prompt-echo has to contain {text}, which the suite fills in: “say it” does not.',
  ],
  [[...HOST, '--prompt-ask', ''], '--prompt-ask is empty.'],
  [[...HOST, '--promt-ask', 'x'], "Unknown option '--promt-ask'; --help names all options."],
])('%j is refused with a sentence', (args, sentence) => {
  expect(() => readOptions(args, {})).toThrow(new UsageError(sentence));
});

test('what is given is read, and the environment stands for what is not', () => {
  const args = [
    '--prompt-ask',
    'may you?',
    '--only',
    'A PERMISSION',
    '--patience',
    '30',
    '--strict',
    '--script',
    'none',
  ];
  const asked = readOptions(args, { AGENT_URL: 'ws://x', AGENT_TOKEN: 't' });
  if (asked.what !== 'run') throw new Error(asked.what);
  const { rules, ...rest } = asked;
  expect(rules.length).toBeGreaterThan(2);
  expect(rest).toMatchObject({
    url: 'ws://x',
    token: 't',
    patienceMs: 30_000,
    strict: true,
    json: false,
    script: 'none',
  });
  expect(rest.prompts).toEqual({ ask: 'may you?' });
});

test('words that are given count before the script, and the script before words for any agent', () => {
  expect(choosePrompts({ ask: 'may you?' }, 'demo')).toEqual({ ...DEMO_PROMPTS, ask: 'may you?' });
  expect(Object.keys(choosePrompts({ ask: 'may you?' }, 'none'))).toEqual(['words', 'long', 'ask']);
});

test('every rule stands on a heading of the document, and RULES.md says what --list says', async () => {
  const headings = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  for (const { section, rule, why } of RULES) {
    expect(headings).toContain(section.split(',')[0]);
    expect(why).toMatch(/\.$/);
    expect(listRules(RULES)).toContain(rule);
  }
  // `vitest -u` writes it anew.
  await expect(rulesPage(RULES)).toMatchFileSnapshot('RULES.md');
});

test('the command exits with 2 for wrong options, 1 for a host that is not there, 0 for help and list', async () => {
  expect(await exitOf(['--nonsense'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--nonsense') });
  const url = `ws://127.0.0.1:${await freePort()}`;
  expect(await exitOf(['--url', url, '--token', 't'])).toMatchObject({ code: 1, stderr: expect.stringContaining(url) });
  expect(await exitOf(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--prompt-recall') });
  const { code, stdout } = await exitOf(['--list', '--json', '--only', 'snapshot']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).length).toBeGreaterThan(4);
});

async function exitOf(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const node = ['--disable-warning=ExperimentalWarning', MAIN, ...args];
  return promisify(execFile)(process.execPath, node, { env: {} }).then(
    (told) => ({ code: 0, ...told }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}
