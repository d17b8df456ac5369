import { allow, always, text, variable } from './variable.ts';

/** Who the bot is, and for whom. */
export const PEOPLE_VARIABLES = {
  SURFACES_ALLOW: variable({
    meaning: 'who may use the bot: user ids, *:server, or *',
    example: '*:example.org',
    development: '*',
    parse: allow,
  }),
  SURFACES_BOT_NAME: variable({
    meaning: 'the bot’s display name, set at its first start',
    example: 'surfaces',
    ...always('surfaces'),
    parse: text,
  }),
  SURFACES_BOT_AVATAR: variable({
    meaning: 'the bot’s picture, and its Spaces’: a PNG or JPEG file; `none` leaves both without one',
    example: '/etc/surfaces/avatar.png',
    ...always('infra/assets/avatar.png'),
    parse: text,
  }),
};
