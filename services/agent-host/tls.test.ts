import { execFile } from 'node:child_process';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestCertificate } from '../../shared/runtime/test-certificate.ts';
import { TestHost, TOKEN } from './test-host.ts';

const CLIENT = fileURLToPath(new URL('../../shared/agent-protocol/client.ts', import.meta.url));
/** Says who answers at a URL, or why nobody does. */
const SCRIPT = `
  import { AgentConnection } from ${JSON.stringify(CLIENT)};
  const agent = new AgentConnection({ url: process.argv[1], token: ${JSON.stringify(TOKEN)}, name: 'tls', patienceMs: 2000 });
  const said = await agent.request('session.list', {}).then(() => agent.welcome.agent.name, (error) => error.message);
  await agent.close();
  console.log(said);
`;

let certificate: TestCertificate;
let host: TestHost;
let front: Server;
let url: string;

/** TLS before a host, as a reverse proxy is. */
beforeAll(async () => {
  certificate = new TestCertificate();
  const { key, cert } = certificate;
  host = await TestHost.start();
  const behind = Number(new URL(host.url).port);
  front = createServer({ key, cert }, (socket) => {
    const inner = connect(behind, '127.0.0.1');
    for (const one of [socket, inner]) one.on('error', () => [socket, inner].forEach((each) => void each.destroy()));
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  url = `wss://localhost:${(front.address() as AddressInfo).port}`;
});
afterAll(async () => {
  front?.close();
  await host?.[Symbol.asyncDispose]();
  certificate?.[Symbol.dispose]();
});

async function whoAnswers(at: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const how = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', SCRIPT, at];
  const { stdout } = await promisify(execFile)(process.execPath, how, { env: { ...process.env, ...environment } });
  return stdout.trim();
}

describe('wss', () => {
  test('reaches a host whose certificate the process trusts', async () => {
    expect(await whoAnswers(url, { NODE_EXTRA_CA_CERTS: certificate.path })).toBe('demo');
  });

  test('refuses one that nobody vouches for, and says so', async () => {
    expect(await whoAnswers(url)).toMatch(/cannot be reached: self-signed certificate/);
  });

  test('refuses one that is for another name', async () => {
    const other = url.replace('localhost', '127.0.0.1');
    const said = await whoAnswers(other, { NODE_EXTRA_CA_CERTS: certificate.path });
    expect(said).toContain('altnames');
  });
});
