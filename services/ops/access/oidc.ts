import * as openid from 'openid-client';
import { OidcError, type OidcTrouble } from './oidc-error.ts';

export type OidcSettings = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the issuer sends browsers back to. */
  readonly callback: string;
  readonly scope: string;
  /** Claims that are needed: where the ID token has not all of them, the issuer is asked for more. */
  readonly claims: readonly string[];
};

/** What one login of one browser is recognized by. */
export type OidcLogin = { readonly state: string; readonly nonce: string; readonly verifier: string };
export type Claims = Readonly<Record<string, unknown>>;

/** For each request to the issuer. */
const TIMEOUT_SECONDS = 5;
/** Issuers move their addresses seldom; their keys are read anew by themselves. */
const DISCOVERED_MS = 3600_000;

/**
 * The one door to openid-client: an issuer of OpenID Connect, by authorization code with PKCE. It is asked for its addresses
 * at the first login, and again after an hour or whatever failed: it may be away while this process starts.
 */
export class OidcIssuer {
  readonly #settings: OidcSettings;
  #known: { readonly server: Promise<openid.Configuration>; readonly at: number } | null = null;

  constructor(settings: OidcSettings) {
    this.#settings = settings;
  }

  get host(): string {
    return new URL(this.#settings.issuer).host;
  }

  newLogin(): OidcLogin {
    return { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() };
  }

  /** The address at the issuer to which the browser goes. @throws OidcError */
  async addressFor({ state, nonce, verifier }: OidcLogin): Promise<URL> {
    return this.#asking(async (server) =>
      openid.buildAuthorizationUrl(server, {
        redirect_uri: this.#settings.callback,
        scope: this.#settings.scope,
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }),
    );
  }

  /**
   * @param query what the browser came back with, with its question mark.
   * @returns what the issuer says of the person: signed, meant for us, fresh, and asked for by this login. @throws OidcError
   */
  async claims(query: string, { state, nonce, verifier }: OidcLogin): Promise<Claims> {
    return this.#asking(async (server) => {
      const answer = await openid.authorizationCodeGrant(server, new URL(query, this.#settings.callback), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = answer.claims()!;
      const missing = this.#settings.claims.some((name) => claims[name] === undefined);
      if (!missing || !server.serverMetadata().userinfo_endpoint) return claims;
      // OpenID Connect Core 5.4: what a scope asks for may stand in the one or in the other.
      return { ...(await openid.fetchUserInfo(server, answer.access_token, claims.sub)), ...claims };
    });
  }

  async #asking<T>(work: (server: openid.Configuration) => Promise<T>): Promise<T> {
    try {
      if (this.#known === null || performance.now() - this.#known.at > DISCOVERED_MS)
        this.#known = { server: this.#discover(), at: performance.now() };
      return await work(await this.#known.server);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble !== 'refused') this.#known = null;
      throw new OidcError(trouble, wordsOf(error), { cause: error });
    }
  }

  async #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    // Such an address is this machine’s: shared/config/ops-variables.ts takes no other.
    const plain = new URL(issuer).protocol === 'http:' ? [openid.allowInsecureRequests] : [];
    const found = await openid.discovery(new URL(issuer), clientId, undefined, undefined, {
      timeout: TIMEOUT_SECONDS,
      execute: plain,
    });
    const server = found.serverMetadata();
    // OpenID Connect Discovery 3: where nothing is said, it is basic.
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const secret = methods.includes('client_secret_basic') ? openid.ClientSecretBasic : openid.ClientSecretPost;
    const configured = new openid.Configuration(server, clientId, clientSecret, secret(clientSecret));
    configured.timeout = TIMEOUT_SECONDS;
    for (const extend of plain) extend(configured);
    // The ID token’s signature is looked at although it comes from the issuer itself.
    openid.enableNonRepudiationChecks(configured);
    return configured;
  }
}

function troubleOf(error: unknown): OidcTrouble {
  if (error instanceof openid.AuthorizationResponseError) return 'refused';
  const { code, cause } = error as { code?: string; cause?: unknown };
  // A server that stands in for the issuer while it is away, as proxies do, answers no JSON, or with 5xx.
  const status = cause instanceof Response ? cause.status : 0;
  return error instanceof TypeError || code === 'OAUTH_TIMEOUT' || status >= 500 ? 'away' : 'invalid';
}

/** Never with the code, a token or the secret in it. */
function wordsOf(error: unknown): string {
  const { message, code, error: said, error_description: why } = error as Record<string, string | undefined>;
  return [message, code, said, why].filter(Boolean).join(': ');
}
