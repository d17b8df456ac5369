import { rmSync, writeFileSync } from 'node:fs';
import { stackAccounts } from '../../../services/supervisor/homeserver.ts';
import { KeptFile } from '../../../shared/stack/kept.ts';
import { writeStack } from '../../../shared/stack/stack-file.ts';
import { stackHome } from '../../../shared/stack/stack-home.ts';
import { SYNAPSE_SERVER_NAME } from '../../../shared/stack/synapse-part.ts';

// Once Synapse of docker-compose.fullstack.yml answers: the bot and a person, the bot's token for the roles, and what outside programs may
// know of the stack, as `npm run up` writes it (docs/CONTRACT.md). Roles are not listed: e2e/containers/stack-home.ts asks the engine for them.
const { SYNAPSE_PORT = '8008', OPS_PORT = '9099' } = process.env;
const home = stackHome({ SURFACES_HOME: '/stack' });
const kept = new KeptFile(home);
const registrationSecret = kept.secret('registration');
const { bot, demo } = await stackAccounts(kept, 'http://synapse:8008', registrationSecret);
const token = '/run/secrets/matrix-access-token';
// Nobody may write to the one of the last time, its owner included.
rmSync(token, { force: true });
writeFileSync(token, bot.access_token, { mode: 0o444 });

const homeserver = `http://127.0.0.1:${SYNAPSE_PORT}`;
const ops = { url: `http://127.0.0.1:${OPS_PORT}`, user: 'operator', password: kept.secret('ops') };
writeStack(home, {
  homeserver: { url: homeserver, server_name: SYNAPSE_SERVER_NAME, registration_shared_secret: registrationSecret },
  bot: { user_id: bot.user_id },
  people: [demo],
  database_url: `postgres://surfaces:${kept.secret('postgres')}@postgres:5432/surfaces`,
  redis_url: `redis://:${kept.secret('redis')}@redis:6379/0`,
  agents_dir: '/agents',
  agent: { url: 'ws://agent-host:7700', token: kept.secret('agent') },
  ops,
  roles: [],
});
process.stdout.write(`
The stack is up as soon as all of its roles are ready.
  Element    homeserver ${homeserver}, ${demo.user_id}, password ${demo.password}; invite ${bot.user_id}
  operator   ${ops.url}, ${ops.user}, password ${ops.password}
`);
