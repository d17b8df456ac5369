import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { InputBlock } from '../../../shared/agent-protocol/content.ts';
import { TestAgent } from './testing/test-agent.ts';

const agent = new TestAgent();
const seeing = new TestAgent({ images: true });
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await seeing[Symbol.asyncDispose]();
});

let session = '';
beforeEach(() => {
  session = `room-${crypto.randomUUID().slice(0, 8)}`;
});
const path = (name: string) => join(agent.workspace(session), name);
const put = (at: string, content: string | Buffer) => {
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, content);
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const paths = (ran: { offers: readonly { path: string }[] }) => ran.offers.map((offer) => offer.path).sort();

describe('a file from the person', () => {
  const file: InputBlock = { type: 'resource_link', path: 'inbox/a.pdf', mime_type: 'application/pdf', size: 3 };
  const sent = (from: TestAgent) => from.seen('session/prompt').at(-1)!.params.prompt;

  test('is a link to where it is, and its path stands in a text', async () => {
    put(path('inbox/a.pdf'), 'pdf');
    await agent.turn([{ type: 'text', text: 'read this' }, file], { session });
    expect(sent(agent).slice(-3)).toEqual([
      { type: 'text', text: 'read this' },
      {
        type: 'resource_link',
        uri: pathToFileURL(path('inbox/a.pdf')).href,
        name: 'a.pdf',
        mimeType: 'application/pdf',
        size: 3,
      },
      { type: 'text', text: '[The person sent this file: inbox/a.pdf]' },
    ]);
  });

  test('that is a picture is shown to an agent that takes pictures, and is a link to others', async () => {
    const picture: InputBlock = { type: 'image', path: 'inbox/a.png', mime_type: 'image/png' };
    for (const one of [agent, seeing]) {
      put(join(one.workspace(session), 'inbox/a.png'), 'png');
      await one.turn([picture], { session });
    }
    const uri = pathToFileURL(join(seeing.workspace(session), 'inbox/a.png')).href;
    expect(sent(seeing).at(-2)).toEqual({
      type: 'image',
      data: Buffer.from('png').toString('base64'),
      mimeType: 'image/png',
      uri,
    });
    expect(sent(agent).at(-2)).toMatchObject({ type: 'resource_link', mimeType: 'image/png' });
  });

  test('that is too large a picture is a link', async () => {
    put(join(seeing.workspace(session), 'inbox/big.png'), Buffer.alloc(5 * 1024 * 1024 + 1));
    await seeing.turn([{ type: 'image', path: 'inbox/big.png', mime_type: 'image/png' }], { session });
    expect(sent(seeing).at(-2)).toMatchObject({ type: 'resource_link', name: 'big.png' });
  });

  test('is not read for the agent where a link has taken its place', async () => {
    mkdirSync(join(seeing.workspace(session), 'inbox'), { recursive: true });
    symlinkSync('/etc/passwd', join(seeing.workspace(session), 'inbox/link.png'));
    await seeing.turn([{ type: 'image', path: 'inbox/link.png', mime_type: 'image/png' }], { session });
    expect(sent(seeing).at(-2)).toMatchObject({ type: 'resource_link', name: 'link.png' });
  });

  test('of a type that agents choke on is a link without its type', async () => {
    put(path('inbox/a.zip'), 'zip');
    await agent.turn([{ type: 'resource_link', path: 'inbox/a.zip', mime_type: 'application/zip' }], { session });
    expect(sent(agent).at(-2)).toMatchObject({ type: 'resource_link', name: 'a.zip', size: 3 });
    expect(sent(agent).at(-2)).not.toHaveProperty('mimeType');
  });

  test('that is not there any more is no link', async () => {
    await agent.turn([{ type: 'text', text: 'read this' }, file], { session });
    expect(sent(agent).slice(-2)).toEqual([
      { type: 'text', text: 'read this' },
      { type: 'text', text: '[The person sent this file: inbox/a.pdf, which is not there any more]' },
    ]);
  });
});

describe('a file for the person', () => {
  test('is offered when it is in the outbox, as what it is', async () => {
    const { offers } = await agent.turn('[[write outbox/sub/report.md hello]]', { session });
    expect(offers).toEqual([
      { path: 'outbox/sub/report.md', name: 'report.md', mime_type: 'text/markdown', size: 5, sha256: sha256('hello') },
    ]);
  });

  test('is offered while the turn goes on, after the tool call that wrote it', async () => {
    const seen: string[] = [];
    const abort = new AbortController();
    const running = agent.turn('[[write outbox/a.txt x]][[wait]]', {
      session,
      signal: abort.signal,
      each: ({ type }) => seen.push(type),
    });
    // The turn ends by this alone: the agent waits.
    setTimeout(() => abort.abort(), 1_500);
    expect(paths(await running)).toEqual(['outbox/a.txt']);
  });

  test('is found without a tool call as well, at the end of the turn', async () => {
    expect(paths(await agent.turn('[[quietly outbox/q.txt x]]', { session }))).toEqual(['outbox/q.txt']);
  });

  test('that was there before, or lies elsewhere, is not offered', async () => {
    put(path('outbox/old.txt'), 'old');
    const ran = await agent.turn('[[write notes.txt x]][[write inbox/y.txt x]]', { session });
    expect(ran.offers).toEqual([]);
  });

  test('is offered again when it changed, and not when it was written as it was', async () => {
    await agent.turn('[[write outbox/a.txt one]]', { session });
    const second = await agent.turn('[[write outbox/a.txt two]]', { session });
    expect(second.offers).toMatchObject([{ sha256: sha256('two') }]);
    const third = await agent.turn('[[write outbox/b.txt x]][[words 40 10]][[write outbox/b.txt x]]', { session });
    expect(paths(third)).toEqual(['outbox/b.txt']);
  });

  test('is no link, wherever that leads, no other name of a file, and no hidden one', async () => {
    const links =
      '[[link outbox/passwd /etc/passwd]][[link outbox/dir /etc]][[write notes.txt x]][[hard-link outbox/hard.txt notes.txt]]';
    const ran = await agent.turn(`${links}[[write outbox/.hidden x]][[write outbox/real.txt x]]`, { session });
    expect(paths(ran)).toEqual(['outbox/real.txt']);
    expect(ran.events.some(({ type }) => type === 'notice')).toBe(false);
  });

  test('is not looked for behind an outbox that is a link', async () => {
    mkdirSync(agent.workspace(session), { recursive: true });
    symlinkSync('/etc', path('outbox'));
    const { offers, failure, text } = await agent.turn('[[say fine]]', { session });
    expect([offers, failure, text]).toEqual([[], undefined, 'fine']);
  });

  test('with a time in the future is offered all the same', async () => {
    const running = agent.turn('[[quietly outbox/f.txt x]][[words 60 10]]', {
      session,
      each: (event) => {
        if (event.type === 'message.delta') utimesSync(path('outbox/f.txt'), 1, 4_000_000_000);
      },
    });
    expect(paths(await running)).toEqual(['outbox/f.txt']);
  });

  test('that is still being written at the end is not sent, which is said', async () => {
    const { offers, events } = await agent.turn('[[growing outbox/g.txt]]', { session });
    expect(offers).toEqual([]);
    expect(events).toContainEqual({
      type: 'notice',
      severity: 'warning',
      text: 'Not sent, since it is still being written: g.txt',
    });
  });

  test('is one of fifty at most in a turn', async () => {
    const { offers, events } = await agent.turn('[[many 55]]', { session });
    expect(offers.length).toBe(50);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'notice', text: expect.stringContaining('first 50 files') }),
    );
  });
});
