import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJson } from './atomic-file.ts';

export type SynapseSettings = {
  readonly folder: string;
  readonly port: number;
  readonly serverName: string;
  readonly registrationSecret: string;
};

/** Practically none: the product is tried here, not its homeserver's defaults, which stop a bot after ten messages. */
const MUCH = { per_second: 100_000, burst_count: 100_000 };
const LIMITERS = [
  'rc_message',
  'rc_registration',
  'rc_registration_token_validity',
  'rc_joins_per_room',
  'rc_3pid_validation',
  'rc_third_party_invite',
  'rc_admin_redaction',
  'rc_media_create',
  'rc_room_creation',
  'rc_reports',
  'rc_user_directory',
  'rc_profile',
  'rc_delayed_event_mgmt',
  'rc_key_requests',
];

/** Writes Synapse's configuration (JSON, which is YAML) and, the first time, its signing key. @returns the file. */
export function writeSynapseConfig(settings: SynapseSettings): string {
  const { folder } = settings;
  const key = join(folder, 'signing.key');
  // The format of signedjson: algorithm, the key's name, the seed in unpadded base64.
  if (!existsSync(key)) {
    const seed = randomBytes(32).toString('base64').replace(/=+$/, '');
    writeFileSync(key, `ed25519 a_${randomBytes(3).toString('hex')} ${seed}\n`, { mode: 0o600 });
  }
  writeJson(join(folder, 'log.yaml'), LOG);
  const file = join(folder, 'homeserver.yaml');
  writeJson(file, { ...configOf(settings), ...limits(), signing_key_path: key });
  return file;
}

function configOf({ folder, port, serverName, registrationSecret }: SynapseSettings) {
  // Who knows the registration secret can make an administrator, so it may stand for the other two.
  const secret = (name: string) => createHmac('sha256', registrationSecret).update(name).digest('base64url');
  return {
    server_name: serverName,
    public_baseurl: `http://127.0.0.1:${port}/`,
    listeners: [
      {
        port,
        type: 'http',
        tls: false,
        bind_addresses: ['127.0.0.1'],
        x_forwarded: false,
        resources: [{ names: ['client'], compress: false }],
      },
    ],
    federation_domain_whitelist: [],
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    database: { name: 'sqlite3', args: { database: join(folder, 'homeserver.db') } },
    log_config: join(folder, 'log.yaml'),
    media_store_path: join(folder, 'media'),
    max_upload_size: '256M',
    registration_shared_secret: registrationSecret,
    macaroon_secret_key: secret('macaroon'),
    form_secret: secret('form'),
    enable_registration: false,
    report_stats: false,
    presence: { enabled: false },
    url_preview_enabled: false,
    enable_metrics: false,
    user_directory: { enabled: true, search_all_users: true },
    // The default of 12 costs 0.2 s of CPU for each login; who can read these hashes can read the passwords beside them.
    bcrypt_rounds: 4,
  };
}

function limits() {
  return {
    ...Object.fromEntries(LIMITERS.map((name) => [name, MUCH])),
    rc_login: { address: MUCH, account: MUCH, failed_attempts: MUCH },
    rc_joins: { local: MUCH, remote: MUCH },
    rc_invites: { per_room: MUCH, per_user: MUCH, per_issuer: MUCH },
    rc_presence: { per_user: MUCH },
  };
}

/** To stderr, which is the part's log and rotated with the others. */
const LOG = {
  version: 1,
  formatters: { line: { format: '%(asctime)s %(levelname)s %(name)s %(request)s %(message)s' } },
  filters: { context: { '()': 'synapse.logging.context.LoggingContextFilter', request: '' } },
  handlers: { stderr: { class: 'logging.StreamHandler', formatter: 'line', filters: ['context'] } },
  root: { level: 'WARNING', handlers: ['stderr'] },
  disable_existing_loggers: false,
};
