import { afterEach, expect, test } from 'vitest';
import { type Answer, TestHttpServers } from '../../../../shared/matrix/test-http-server.ts';
import { reach } from './reach.ts';

const servers = new TestHttpServers();
afterEach(() => servers.close());

const answering =
  (body: unknown, headers: Record<string, string> = {}, status = 200): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const VERSIONS = { versions: ['r0.6.1', 'v1.1', 'v1.15'] };

test('a homeserver whose clock is an hour behind', async () => {
  const date = new Date(Date.now() - 3_600_000).toUTCString();
  const { findings, answers } = await reach(await servers.serve(answering(VERSIONS, { date, server: 'Conduit' })));
  expect(answers).toBe(true);
  expect(findings).toMatchObject([
    { level: 'ok', text: 'Conduit answers, speaks up to v1.15' },
    { level: 'error', text: expect.stringMatching(/(3599|3600|3601) s behind/) },
  ]);
});

test('one from which files cannot be fetched, unless it says that they can', async () => {
  const old = { versions: ['v1.10'] };
  expect((await reach(await servers.serve(answering(old)))).findings[0]).toMatchObject({ level: 'error' });
  const able = { ...old, unstable_features: { 'org.matrix.msc3916.stable': true } };
  expect((await reach(await servers.serve(answering(able)))).findings[0]).toMatchObject({ level: 'ok' });
});

test.each([
  ['a web server', answering('<html>', {}, 404), 'answers 404 and is no homeserver'],
  ['something else that answers JSON', answering({}), 'is no homeserver'],
])('%s', async (_, answer, text) => {
  const { findings, answers } = await reach(`${await servers.serve(answer)}/`);
  expect(answers).toBe(false);
  expect(findings).toMatchObject([{ level: 'error', text: expect.stringContaining(text) }]);
});

test('nobody', async () => {
  expect(await reach('http://127.0.0.1:1')).toMatchObject({
    answers: false,
    findings: [{ level: 'error', text: expect.stringContaining('does not answer') }],
  });
});
