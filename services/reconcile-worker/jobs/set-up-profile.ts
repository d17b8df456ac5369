import { whoami } from '../../../shared/matrix/account.ts';
import type { Job } from '../job.ts';
import { setUpProfile } from '../profile.ts';

/** The bot's name and picture, at its first start. Later runs find in the record that it was done. */
export const setUpProfileJob: Job = {
  name: 'set-up-profile',
  everyMs: 6 * 3_600_000,
  afterRedis: false,
  async run({ database, http, profile }) {
    const { userId } = await whoami(http);
    await setUpProfile(profile, { database, http, self: userId });
  },
};
