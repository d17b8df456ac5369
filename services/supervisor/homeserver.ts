import { join } from 'node:path';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { serverOf } from '../../shared/ids/ids.ts';
import { botAccount } from '../../shared/matrix/bot-account.ts';
import { createMatrixHttp } from '../../shared/matrix/http.ts';
import { limitOf } from '../../shared/matrix/rate-limit.ts';
import { type Account, ensureAccount, liftRateLimits, ownerOf } from '../../shared/stack/accounts.ts';
import { cacheFolder } from '../../shared/stack/cache.ts';
import type { KeptFile } from '../../shared/stack/kept.ts';
import type { Person, Stack } from '../../shared/stack/stack-file.ts';
import { findSynapse } from '../../shared/stack/synapse-binary.ts';
import { SYNAPSE_SERVER_NAME, synapsePart, synapseUrl } from '../../shared/stack/synapse-part.ts';
import { keep, type Setting, type Surrounding } from './surroundings.ts';
import { untilAnswers } from './until-answers.ts';

export type Homeserver = {
  readonly homeserver: Stack['homeserver'];
  readonly bot: { readonly user_id: string; readonly access_token: string };
  readonly people: readonly Person[];
};

const BOT = 'surfaces';
const REMEDY = 'An administrator can lift them for this one account: docs/OPERATIONS.md, “The homeserver’s limits”';
/** Fixed, so that transaction ids hold over restarts of the whole stack. */
const BOT_DEVICE = 'SURFACES';

/** The homeserver that the operator named with the bot’s token, or a Synapse of the stack’s own with a bot and a person. */
export async function bringHomeserver(setting: Setting): Promise<Surrounding<Homeserver>> {
  const { MATRIX_HOMESERVER_URL: url, MATRIX_ACCESS_TOKEN: token } = setting.environment;
  if (url && token) return { values: await given(url, token, setting) };
  if (url || token) {
    const missing = url ? 'MATRIX_ACCESS_TOKEN' : 'MATRIX_HOMESERVER_URL';
    throw new SurfacesError(
      'config_invalid',
      `${missing} is not set; set both for a homeserver of yours, or neither for an embedded one`,
    );
  }
  const { home, kept, environment, say, signal } = setting;
  const binary = await findSynapse(
    cacheFolder(environment),
    () => say('synapse', 'installing Synapse from PyPI (once, half a minute)'),
    signal,
  );
  const port = await kept.port('synapse');
  const registrationSecret = kept.secret('registration');
  const log = join(home.logs, 'synapse.log');
  const part = synapsePart({
    binary,
    folder: home.synapse,
    log,
    port,
    serverName: SYNAPSE_SERVER_NAME,
    registrationSecret,
  });
  const keeper = await keep(part, setting);
  const server = synapseUrl(port);
  const { bot, demo } = await stackAccounts(kept, server, registrationSecret);
  return {
    keeper,
    values: {
      homeserver: { url: server, server_name: SYNAPSE_SERVER_NAME, registration_shared_secret: registrationSecret },
      bot: { user_id: bot.user_id, access_token: bot.access_token },
      people: [demo],
    },
  };
}

/** The bot, whom nothing limits, and somebody to try it, on a homeserver whose registration secret is known. Made once, kept in `kept`. */
export async function stackAccounts(
  kept: KeptFile,
  server: string,
  secret: string,
): Promise<{ bot: Account; demo: Account }> {
  const bot = await keptAccount(kept, server, secret, BOT, { device: BOT_DEVICE, displayName: BOT });
  const demo = await keptAccount(kept, server, secret, 'demo', { device: 'DEMO', displayName: 'Demo' });
  return { bot, demo };
}

/** An account whose token is kept: logged in to again only where the homeserver does not take the token any more. */
async function keptAccount(
  kept: KeptFile,
  server: string,
  secret: string,
  name: string,
  options: { device: string; displayName: string },
): Promise<Account> {
  const password = kept.secret(`password_${name}`);
  const token = kept.peek(`token_${name}`);
  const owner = token && (await ownerOf(server, token));
  if (token && owner)
    return { user_id: owner.user_id, device_id: owner.device_id ?? options.device, access_token: token, password };
  const account = await ensureAccount(server, secret, name, { ...options, password });
  if (name === BOT) {
    const adminPassword = kept.secret('password_admin');
    const admin = await ensureAccount(server, secret, 'admin', {
      admin: true,
      password: adminPassword,
      device: 'ADMIN',
    });
    await liftRateLimits(server, admin.access_token, account.user_id);
  }
  kept.keep(`token_${name}`, account.access_token);
  return account;
}

async function given(url: string, token: string, setting: Setting): Promise<Homeserver> {
  const { say, environment, warn } = setting;
  const production = environment.SURFACES_ENV === 'production';
  say('homeserver', `asking ${url} who the bot is`);
  const http = createMatrixHttp({ baseUrl: url, accessToken: token });
  try {
    const ask = () => botAccount(http, { production, warn: (text: string) => warn('homeserver', text) });
    const { userId } = await untilAnswers('homeserver', ask, setting);
    const limit = await limitOf(http);
    if (limit) warn('homeserver', `${url} limits the bot’s account: ${limit}. Answers would stall. ${REMEDY}`);
    setting.done('homeserver', `${url} is used as it is`);
    return {
      homeserver: { url, server_name: serverOf(userId) },
      bot: { user_id: userId, access_token: token },
      people: [],
    };
  } finally {
    await http.close();
  }
}
