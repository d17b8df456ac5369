import { type Account, type Homeserver, newAccount } from './people.ts';

/** The homeserver that the test run shares, with a bot of one's own on it: a stack that uses it can be taken down while it stays. */
export async function outsideHomeserver(): Promise<{ homeserver: Required<Homeserver>; bot: Account }> {
  const url = process.env.MATRIX_HOMESERVER_URL;
  const secret = process.env.TEST_REGISTRATION_SECRET;
  if (!url || !secret) throw new Error('the test run has no homeserver: start it by `npm test`');
  const homeserver = { url, registration_shared_secret: secret };
  return { homeserver, bot: await newAccount(homeserver, 'bot') };
}
