import { chmodSync, chownSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJson } from '../../../shared/stack/atomic-file.ts';
import { KeptFile } from '../../../shared/stack/kept.ts';
import { makeHome, stackHome } from '../../../shared/stack/stack-home.ts';
import { writeSynapseConfig } from '../../../shared/stack/synapse-config.ts';
import { SYNAPSE_SERVER_NAME } from '../../../shared/stack/synapse-part.ts';
import '../prepare-volume.ts';

// As root, before anything else of docker-compose.fullstack.yml: passwords, which are made once and kept, and Synapse's configuration, all on
// volumes. In production people do this (docs/DEPLOYMENT.md).
const BOT = 1000;
const SYNAPSE = 991;
const SECRETS = '/run/secrets';
const AGENT_SECRETS = '/run/agent-secrets';
const PORT = 8008;

const home = stackHome({ SURFACES_HOME: '/stack' });
makeHome(home);
const kept = new KeptFile(home);
const database = kept.secret('postgres');
const redis = kept.secret('redis');

give(SECRETS, {
  'postgres-password': database,
  'database-url': `postgres://surfaces:${database}@postgres:5432/surfaces`,
  'redis-conf': `requirepass ${redis}`,
  'redis-url': `redis://:${redis}@redis:6379/0`,
  'agent-token': kept.secret('agent'),
  'ops-password': kept.secret('ops'),
});
give(AGENT_SECRETS, { 'agent-token': kept.secret('agent') });

const folder = '/data';
writeSynapseConfig({
  folder,
  port: PORT,
  serverName: SYNAPSE_SERVER_NAME,
  registrationSecret: kept.secret('registration'),
});
// Read after the other file: in a container it listens to its neighbours, and is published on another port.
writeJson(join(folder, 'container.yaml'), {
  public_baseurl: `http://127.0.0.1:${process.env.SYNAPSE_PORT || PORT}/`,
  listeners: [{ port: PORT, type: 'http', bind_addresses: ['0.0.0.0'], resources: [{ names: ['client'] }] }],
});
own(folder, SYNAPSE);
// The next step adds the bot's token, and is not root. Nothing is kept after this.
chownSync(SECRETS, BOT, BOT);
own(home.root, BOT);

/** Values as files that only those read who have the volume. */
function give(to: string, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    const file = join(to, name);
    writeFileSync(file, value);
    chmodSync(file, 0o444);
  }
}

/** Hands a folder over, with all that is in it. */
function own(root: string, user: number): void {
  chownSync(root, user, user);
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) chownSync(join(root, path), user, user);
}
