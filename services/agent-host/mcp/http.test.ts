import { describe, expect, test } from 'vitest';
import { httpTestServer } from './testing/http-server.ts';
import { run, testSource, until } from './testing/test-source.ts';

const headers = { authorization: 'Bearer token-0123456789', 'x-team': 'blue-0123456789' };
const posts = (seen: readonly { method: string; body: string }[], method: string) =>
  seen.filter((request) => request.method === 'POST' && request.body.includes(`"method":"${method}"`));

describe('a server over HTTP', () => {
  test('is called with its headers, and told when the session ends', async () => {
    await using server = await httpTestServer();
    const source = testSource({ h: { url: server.url, headers } });
    expect(await source.call('h__echo', { a: 1 })).toBe('{"a":1}');
    await source.stop();
    for (const request of server.seen) expect(request.headers).toMatchObject(headers);
    expect(server.seen.at(-1)!.method).toBe('DELETE');
    expect(posts(server.seen, 'initialize')).toHaveLength(1);
  });

  test('gets the credentials of its URL as Basic', async () => {
    await using server = await httpTestServer();
    await using source = testSource({ h: { url: server.url.replace('://', '://me%40x:p%3Aw@') } });
    await source.tools();
    expect(server.seen[0]!.headers.authorization).toBe(`Basic ${btoa('me@x:p:w')}`);
  });

  test('tells of a changed list', async () => {
    await using server = await httpTestServer();
    await using source = testSource({ h: { url: server.url } });
    await source.tools();
    // The stream on which it tells.
    await until(() => server.seen.some(({ method }) => method === 'GET'));
    await source.call('h__grow');
    await until(async () => (await source.tools()).some(({ name }) => name === 'h__grown'));
  });

  test.each([
    [401, 'it needs other credentials (HTTP 401)'],
    [403, 'it refuses access with these credentials (HTTP 403)'],
    [404, 'there is no MCP server at this address (HTTP 404)'],
    [500, 'it answered with an error (HTTP 500)'],
  ])('that answers %i is described, without what it says of our secrets', async (status, problem) => {
    await using server = await httpTestServer();
    server.instead({ status, body: `bad ${headers.authorization}` });
    await using source = testSource({ h: { url: `${server.url}?key=k-0123456789`, headers } });
    expect(await source.tools()).toEqual([]);
    expect(await source.check()).toEqual([`h: does not answer: ${problem}`]);
    expect(source.logged()).not.toContain('0123456789');
  });

  test('that is not there, or silent, is described', async () => {
    const gone = await httpTestServer();
    await gone[Symbol.asyncDispose]();
    await using silent = await httpTestServer();
    silent.instead('silence');
    await using source = testSource({ gone: { url: gone.url }, silent: { url: silent.url } }, { connectMs: 400 });
    expect(await source.check()).toEqual([
      'gone: does not answer: it cannot be reached (ECONNREFUSED)',
      'silent: does not answer: nothing came within 0.4 s',
    ]);
  });

  test('never has its headers sent to where it redirects', async () => {
    await using thief = await httpTestServer();
    await using server = await httpTestServer();
    for (const status of [302, 307, 308]) {
      server.instead({ status, location: thief.url });
      await using source = testSource({ h: { url: server.url, headers } });
      expect(await source.check()).toEqual([
        `h: does not answer: it redirects to another place, which is not followed (HTTP ${status})`,
      ]);
    }
    expect(thief.seen).toEqual([]);
  });

  test('that has forgotten the session is asked again in another, once', async () => {
    await using server = await httpTestServer();
    await using source = testSource({ h: { url: server.url } });
    const echo = await source.find('h__echo');
    server.forget();
    expect(await run(echo, { a: 2 })).toBe('{"a":2}');
    expect(posts(server.seen, 'initialize')).toHaveLength(2);
    expect(posts(server.seen, 'tools/call')).toHaveLength(2);
    server.instead({ status: 404 });
    expect(await run(echo)).toMatch(/^The (tool|MCP server) (of )?h (did|does) not answer/);
  });

  test('that breaks off in a call fails it at once, and is not called again', async () => {
    await using server = await httpTestServer();
    await using source = testSource({ h: { url: server.url } });
    const hang = run(await source.find('h__hang'));
    await until(() => posts(server.seen, 'tools/call').length === 1);
    server.breakOff();
    expect(await hang).toContain('What it did until then may have taken effect.');
    expect(posts(server.seen, 'tools/call')).toHaveLength(1);
    expect(await source.call('h__echo')).toBe('{}');
  });

  test('has the stream of a cancelled call closed', async () => {
    await using server = await httpTestServer();
    await using source = testSource({ h: { url: server.url } });
    const turn = new AbortController();
    const hang = run(await source.find('h__hang'), {}, turn.signal);
    await until(() => posts(server.seen, 'tools/call').length === 1);
    turn.abort(new Error('the person said stop'));
    await expect(hang).rejects.toThrow('the person said stop');
    await until(() => posts(server.seen, 'notifications/cancelled').length === 1);
    expect(posts(server.seen, 'notifications/cancelled')[0]!.body).not.toContain('person');
    // The server itself leaves it open.
    await until(() => server.given.up === 1);
  });

  test('cannot flood us', async () => {
    await using server = await httpTestServer();
    await using source = testSource({ h: { url: server.url } });
    expect(await source.call('h__big', { bytes: 9 * 1024 ** 2 })).toContain('its message is longer than 8 MiB');
    expect(await source.call('h__echo')).toBe('{}');
  });

  test('that goes away has no tools in the next turn, and has them again when it is back', async () => {
    await using server = await httpTestServer();
    await using source = testSource({ h: { url: server.url } });
    const echo = await source.find('h__echo');
    server.instead({ status: 503 });
    expect(await run(echo)).toContain('it answered with an error (HTTP 503)');
    expect(await source.tools()).toEqual([]);
    server.instead(undefined);
    await until(async () => (await source.tools()).length > 0);
    expect(source.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});
