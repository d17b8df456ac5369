import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const CLIENT = { id: 'surfaces-ops', secret: 'secret of the test' };
type Asked = { readonly challenge: string; readonly nonce: string; readonly callback: string };

/** For tests: a small issuer of OpenID Connect, over HTTP, which lets everybody through as `claims` says. */
export async function openTestIssuer() {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const codes = new Map<string, Asked>();
  const issuer = {
    url: '',
    client: CLIENT,
    /** Of who logs in next. */
    claims: {} as Record<string, unknown>,
    /** What `/userinfo` adds. */
    userinfo: {} as Record<string, unknown>,
    /** An error in place of a code. */
    refuses: null as string | null,
    /** Answers with this status and no more. */
    away: null as number | null,
    /** In place of its own key. */
    signsWith: key.privateKey as KeyObject,
    asked: [] as string[],
    restore() {
      Object.assign(issuer, { refuses: null, away: null, signsWith: key.privateKey, userinfo: {}, asked: [] });
      issuer.claims = { email: 'ann@example.org', email_verified: true };
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  const idToken = (nonce: string) => {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: issuer.url,
      aud: CLIENT.id,
      sub: 'somebody',
      iat: now,
      exp: now + 60,
      nonce,
      ...issuer.claims,
    };
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: 'ES256', kid: 'one', typ: 'JWT' })}.${encode(payload)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: issuer.signsWith, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  };

  const pages: Record<string, (request: IncomingMessage, response: ServerResponse, url: URL) => unknown> = {
    '/.well-known/openid-configuration': () => ({
      issuer: issuer.url,
      authorization_endpoint: `${issuer.url}/authorize`,
      token_endpoint: `${issuer.url}/token`,
      userinfo_endpoint: `${issuer.url}/userinfo`,
      jwks_uri: `${issuer.url}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    }),
    '/jwks': () => ({ keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }] }),
    '/authorize': (_request, response, { searchParams: asked }) => {
      const callback = new URL(asked.get('redirect_uri')!);
      callback.searchParams.set('state', asked.get('state')!);
      if (issuer.refuses) callback.searchParams.set('error', issuer.refuses);
      else {
        const code = randomBytes(16).toString('hex');
        const [challenge, nonce] = [asked.get('code_challenge')!, asked.get('nonce')!];
        codes.set(code, { challenge, nonce, callback: asked.get('redirect_uri')! });
        callback.searchParams.set('code', code);
      }
      response.writeHead(302, { location: callback.href }).end();
    },
    '/token': async (request, response) => {
      const form = new URLSearchParams(await text(request));
      const asked = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      if (clientOf(request) !== `${CLIENT.id}:${CLIENT.secret}`) return refuse(response, 401, 'invalid_client');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (asked?.challenge !== challenge || asked.callback !== form.get('redirect_uri'))
        return refuse(response, 400, 'invalid_grant');
      return { access_token: 'of-a-test', token_type: 'bearer', expires_in: 60, id_token: idToken(asked.nonce) };
    },
    '/userinfo': () => ({ sub: 'somebody', ...issuer.userinfo }),
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url!, issuer.url);
    issuer.asked.push(url.pathname);
    if (issuer.away) return response.writeHead(issuer.away).end('away');
    const answer = await pages[url.pathname]?.(request, response, url);
    if (!response.headersSent) response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    return response;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  issuer.restore();
  return issuer;
}

export type TestIssuer = Awaited<ReturnType<typeof openTestIssuer>>;

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}

/** RFC 6749 2.3.1: both are encoded as in a form before they are put together. */
function clientOf({ headers }: IncomingMessage): string {
  const encoded = headers.authorization?.replace(/^Basic /, '') ?? '';
  return decodeURIComponent(Buffer.from(encoded, 'base64').toString().replaceAll('+', ' '));
}
