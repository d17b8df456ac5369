import { text } from 'node:stream/consumers';

// docker compose --env-file prod.env config --format json | node infra/docker/swarm-file.ts > stack.json
//
// What `docker stack deploy -c stack.json surfaces` takes: Swarm reads an older format, in which some things stand elsewhere and some cannot be
// said. It waits for nobody (the roles wait by themselves, and for the migration by starting again), has no `no-new-privileges`, and publishes
// no port on one address alone, so none is published: put a proxy into the network (docs/DEPLOYMENT.md).
type Service = Record<string, unknown> & {
  readonly environment?: Record<string, string | null>;
  readonly volumes?: object[];
  readonly tmpfs?: string[];
  readonly deploy?: { replicas?: number };
  readonly healthcheck?: { test?: string[]; disable?: boolean };
  readonly restart?: string;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
};
type Config = Record<string, unknown> & { readonly services: Record<string, Service> };

/** Of a service, what stands under the same name. */
const TAKEN = [
  'image',
  'entrypoint',
  'command',
  'init',
  'user',
  'read_only',
  'cap_drop',
  'cap_add',
  'logging',
  'stop_grace_period',
  'secrets',
  'networks',
];
const RESTART_AFTER = '5s';

function swarmService(
  name: string,
  { tmpfs = [], deploy, healthcheck, environment = {}, ...service }: Service,
): object {
  const taken = Object.fromEntries(TAKEN.filter((name) => service[name] != null).map((name) => [name, service[name]]));
  const set = Object.entries(environment).filter(([, value]) => value !== null);
  const scratch = tmpfs.map((each) => ({ type: 'tmpfs', target: each.split(':')[0] }));
  return {
    ...taken,
    environment: {
      ...Object.fromEntries(set),
      ...(environment.SURFACES_ENV && { SURFACES_INSTANCE: `${name}-{{.Task.Slot}}` }),
    },
    volumes: [...(service.volumes ?? []), ...scratch],
    ...(healthcheck && { healthcheck: { ...healthcheck, test: healthcheck.test?.map(liveNotReady) } }),
    deploy: {
      replicas: deploy?.replicas ?? 1,
      endpoint_mode: 'dnsrr',
      // A step is done when it ends well.
      restart_policy: { condition: service.restart === 'unless-stopped' ? 'any' : 'on-failure', delay: RESTART_AFTER },
      update_config: { parallelism: 1, order: 'stop-first', monitor: '30s' },
      resources: {
        limits: { memory: String(service.mem_limit), ...(service.pids_limit && { pids: service.pids_limit }) },
      },
    },
  };
}

/** Swarm ends what is unhealthy; a role whose servers are away is not ready, and is not to be ended for that. */
function liveNotReady(word: string): string {
  return word === 'ready' ? 'live' : word;
}

const { services, secrets, volumes, networks } = JSON.parse(await text(process.stdin)) as Config;
const named = (items: unknown) =>
  Object.fromEntries(
    Object.entries((items ?? {}) as Record<string, object>).map(([name, item]) => [name, { ...item, name: undefined }]),
  );
const stack = {
  version: '3.9',
  services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, swarmService(name, service)])),
  secrets: named(secrets),
  volumes: named(volumes),
  networks: named(networks),
};
process.stdout.write(`${JSON.stringify(stack, null, 2)}\n`);
