import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputBlock } from '../../../shared/agent-protocol/content.ts';
import { ScriptedEndpoint } from './testing/scripted-endpoint.ts';
import { runTurn, settingsFor } from './testing/test-turn.ts';

let endpoint: ScriptedEndpoint;
let workspace: string;
const PICTURE = Buffer.from('not really a picture');
const URL_OF_IT = `data:image/png;base64,${PICTURE.toString('base64')}`;

beforeAll(async () => {
  endpoint = await ScriptedEndpoint.start();
  workspace = await mkdtemp(join(tmpdir(), 'openai-files-'));
  await mkdir(join(workspace, 'inbox'));
  await writeFile(join(workspace, 'inbox/a.png'), PICTURE);
  await writeFile(join(workspace, 'inbox/large.png'), Buffer.alloc(5 * 1024 * 1024 + 1));
  await writeFile(join(workspace, 'inbox/full.png'), Buffer.alloc(5 * 1024 * 1024, 1));
  await symlink('/etc/hostname', join(workspace, 'inbox/link.png'));
  execFileSync('mkfifo', [join(workspace, 'inbox/fifo.png')]);
});
afterAll(async () => {
  await endpoint[Symbol.asyncDispose]();
  await rm(workspace, { recursive: true, force: true });
});

const image = (path: string, mime_type = 'image/png'): InputBlock => ({ type: 'image', path, mime_type });
const text = (words: string): InputBlock => ({ type: 'text', text: words });
const run = (input: InputBlock[], over = {}, conversation?: unknown) =>
  runTurn(settingsFor(endpoint.baseUrl, { images: true, ...over }), input, { workspace, conversation });
const content = (at = -1) => endpoint.requests.at(-1)!.body.messages.at(at)!.content;

describe('a picture', () => {
  test('is shown to the model, and kept as a path alone', async () => {
    const { conversation } = await run([text('What is this?'), image('inbox/a.png'), text('Say it.')]);
    const parts = [
      { type: 'text', text: 'What is this?\n[Attached picture: "inbox/a.png" (image/png)]' },
      { type: 'image_url', image_url: { url: URL_OF_IT } },
      { type: 'text', text: 'Say it.' },
    ];
    expect(content()).toEqual(parts);
    expect(JSON.stringify(conversation)).not.toContain('base64');
    await run([text('And now?')], {}, conversation);
    expect(content(0)).toEqual(parts);
    expect(content()).toBe('And now?');
  });

  test('that is gone since is named', async () => {
    await writeFile(join(workspace, 'inbox/gone.png'), PICTURE);
    const { conversation } = await run([image('inbox/gone.png')]);
    await rm(join(workspace, 'inbox/gone.png'));
    await run([text('And now?')], {}, conversation);
    expect(content(0)).toBe('[Attached picture: "inbox/gone.png" (image/png, no longer there)]');
  });

  test('is a line of text for a model that sees none', async () => {
    await run([text('Look'), image('inbox/a.png')], { images: false });
    expect(content()).toBe('Look\n[Attached picture: "inbox/a.png" (image/png)]');
  });

  test.each([
    ['inbox/large.png', 'image/png', 'too large to be shown'],
    ['inbox/link.png', 'image/png', 'no longer there'],
    ['../outside.png', 'image/png', 'no longer there'],
    ['inbox/fifo.png', 'image/png', 'no file'],
    ['inbox', 'image/png', 'no file'],
    ['inbox/a.png', 'image/heic', 'of a type that cannot be shown'],
  ])('%s (%s) is not shown: %s', async (path, mime_type, why) => {
    await run([image(path, mime_type)]);
    expect(content()).toBe(`[Attached picture: "${path}" (${mime_type}, ${why})]`);
  });

  test('is shown once of all, the newest first, up to 15 MiB in one request', async () => {
    for (const name of ['b', 'c', 'd'])
      await writeFile(join(workspace, `inbox/${name}.png`), Buffer.alloc(5 * 1024 * 1024, 1));
    await run(['full', 'b', 'c', 'd'].map((name) => image(`inbox/${name}.png`)));
    const parts = content() as { type: string; text?: string }[];
    expect(parts.filter(({ type }) => type === 'image_url').length).toBe(3);
    expect(parts[0]?.text).toContain('[Attached picture: "inbox/full.png" (image/png, shown earlier)]');
  });
});

test('a file is a line that says where it is, for a model with tools', async () => {
  await run([
    text('Read this'),
    { type: 'resource_link', path: 'inbox/a "b".pdf', mime_type: 'application/pdf', size: 1234 },
    { type: 'resource_link', path: 'inbox/c' },
  ]);
  expect(content()).toBe(
    'Read this\n[Attached file: "inbox/a \\"b\\".pdf" (application/pdf, 1234 bytes)]\n[Attached file: "inbox/c"]',
  );
});
