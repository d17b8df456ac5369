import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Readiness, serveHealth } from './health.ts';
import { LABEL_VALUE } from './metric-labels.ts';
import { revision } from './revision.ts';

describe('/metrics', () => {
  test('says whether the role is ready', async () => {
    const readiness = new Readiness(['database']);
    const { server, url } = await serveHealth('127.0.0.1', 0, readiness, () => undefined);
    const ready = async () =>
      /^surfaces_ready(?:\{.*\})? (.*)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
    expect(await ready()).toBe('0');
    readiness.met('database');
    expect(await ready()).toBe('1');
    readiness.unmet('database', 'away');
    expect(await ready()).toBe('0');
    server.close();
  });

  test.each(['!room:server', '$event', '@ann:example.org', 'some text', 'https://a', 'x'.repeat(41)])(
    '%s is no value of a label',
    (value) => expect(value).not.toMatch(LABEL_VALUE),
  );
});

describe('the revision', () => {
  const root = mkdtempSync(join(tmpdir(), 'surfaces-revision-'));
  const put = (name: string, text: string) => writeFileSync(join(root, name), text);
  const here = () => revision(pathToFileURL(`${root}/`));
  const [first, second, third] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
  afterAll(() => rmSync(root, { recursive: true }));

  test('is what git has checked out, or what the image says', () => {
    expect(here()).toBe('unknown');
    mkdirSync(join(root, '.git/refs/heads'), { recursive: true });
    put('.git/HEAD', `${first}\n`);
    expect(here()).toBe('aaaaaaaaaaaa');
    put('.git/HEAD', 'ref: refs/heads/main\n');
    expect(here()).toBe('unknown');
    put('.git/packed-refs', `# pack-refs\n${second} refs/heads/main\n`);
    expect(here()).toBe('bbbbbbbbbbbb');
    put('.git/refs/heads/main', `${third}\n`);
    expect(here()).toBe('cccccccccccc');
    put('REVISION', `${first}\n`);
    expect(here()).toBe('aaaaaaaaaaaa');
  });
});
