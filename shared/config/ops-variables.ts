import { parseAddresses } from './address-list.ts';
import { always, text, variable } from './variable.ts';
import { z } from './zod.ts';

/** With commas between them, because names of groups have spaces. */
const names = z.string().transform((value) =>
  value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
/** Passwords and codes go this way: without TLS not further than this machine. */
const safeUrl = z.string().refine(
  (value) => {
    const { protocol, hostname } = URL.canParse(value) ? new URL(value) : { protocol: '', hostname: '' };
    return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  },
  { message: 'is not a URL that begins with https:// (http:// is taken for this machine alone)' },
);

/** Who stands before the operator’s page, and whom it vouches for. */
export const OPS_PROXY_VARIABLES = {
  OPS_PROXY_FROM: variable({
    meaning:
      'from where a proxy’s headers count (x-forwarded-for, -proto, -host, and that of OPS_PROXY_USER_HEADER): loopback, addresses, ranges. Whoever can connect from there is believed',
    example: '10.0.3.7, 172.18.0.0/16',
    ...always('loopback'),
    parse: z.string().transform((value, context) => {
      const { list, problem } = parseAddresses(value);
      if (!problem) return list;
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }),
  }),
  OPS_PROXY_USER_HEADER: variable({
    meaning: 'the header in which that proxy names who has logged in there; empty: none is believed',
    example: 'x-forwarded-user',
    ...always(''),
    parse: z
      .string()
      .regex(/^[a-z0-9-]*$/i, 'is not the name of a header: letters, digits and -')
      .refine((value) => !/^(authorization|cookie|host|origin)$/i.test(value), 'is a header that browsers set')
      .transform((value) => value.toLowerCase()),
  }),
  OPS_PROXY_OPERATORS: variable({
    meaning: 'those of them who are operators, with commas between them; * is everybody whom the proxy names',
    example: 'ann, bob',
    ...always(''),
    parse: names,
  }),
  OPS_PROXY_READERS: variable({
    meaning: 'those of them who may look; who is in neither list does not come in',
    example: 'cleo, dan',
    ...always('*'),
    parse: names,
  }),
};

/** A login at somebody else’s: OpenID Connect. */
export const OPS_OIDC_VARIABLES = {
  OPS_OIDC_ISSUER: variable({
    meaning: 'the issuer, under whose address /.well-known/openid-configuration lies',
    example: 'https://id.example.org/realms/main',
    parse: safeUrl,
  }),
  OPS_OIDC_CLIENT_ID: variable({
    meaning: 'what the issuer calls this page',
    example: 'surfaces-ops',
    parse: text,
  }),
  OPS_OIDC_CLIENT_SECRET: variable({
    meaning: 'the secret that the issuer gave it',
    example: 'a long random text',
    secret: true,
    parse: text,
  }),
  OPS_OIDC_URL: variable({
    meaning: 'where browsers reach this page; the issuer has to know this address with /login/oidc/callback behind it',
    example: 'https://ops.example.org',
    parse: safeUrl.refine(
      (value) => /^[^/]*\/\/[^/?#]*\/?$/.test(value),
      'has a path: the page needs a host of its own',
    ),
  }),
  OPS_OIDC_CLAIM: variable({
    meaning: 'the claim that says who somebody is; of email only one that the issuer has verified counts',
    example: 'preferred_username',
    ...always('email'),
    parse: text,
  }),
  OPS_OIDC_GROUPS_CLAIM: variable({
    meaning: 'the claim with somebody’s groups: with it the two lists below hold groups, not people',
    example: 'groups',
    ...always(''),
    parse: z.string(),
  }),
  OPS_OIDC_OPERATORS: variable({
    meaning: 'who of them are operators, with commas between them; * is everybody whom the issuer knows',
    example: 'ann@example.org, bob@example.org',
    ...always(''),
    parse: names,
  }),
  OPS_OIDC_READERS: variable({
    meaning: 'who of them may look; with both lists empty nobody could come in, which is an error',
    example: '*',
    ...always(''),
    parse: names,
  }),
  OPS_OIDC_SCOPE: variable({
    meaning: 'what the issuer is asked for; some give groups only to who asks for a scope of that name',
    example: 'openid email profile groups',
    ...always('openid email profile'),
    parse: text.refine((value) => value.split(' ').includes('openid'), 'does not have openid among its words'),
  }),
};

/** Whether anything of it is set: then all that it needs has to be. */
export function namesOidc(environment: Readonly<Record<string, string | undefined>>): boolean {
  return Object.keys(OPS_OIDC_VARIABLES).some((name) => environment[name] || environment[`${name}_FILE`]);
}
