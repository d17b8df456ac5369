import { mkdirSync } from 'node:fs';
import type { Part } from './keeper.ts';
import type { SynapseBinary } from './synapse-binary.ts';
import { type SynapseSettings, writeSynapseConfig } from './synapse-config.ts';

export type SynapseOptions = SynapseSettings & {
  readonly binary: SynapseBinary;
  readonly log: string;
};

/** The part of user ids behind the colon. It is in the data: a server that has run cannot get another. */
export const SYNAPSE_SERVER_NAME = 'surfaces.localhost';

/** A homeserver of the stack's own, on the loopback, without federation. Its database is SQLite, in its folder. */
export function synapsePart(options: SynapseOptions): Part {
  const { binary, folder, port } = options;
  return {
    name: 'synapse',
    log: options.log,
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
    command: async () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const config = writeSynapseConfig(options);
      return { file: binary.python, args: ['-m', 'synapse.app.homeserver', '-c', config], cwd: folder };
    },
    problem: () => problemOf(synapseUrl(port)),
  };
}

export function synapseUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** `/health` answers before the client API does; a login needs both. */
async function problemOf(url: string): Promise<string | undefined> {
  for (const path of ['/health', '/_matrix/client/versions']) {
    try {
      const response = await fetch(url + path, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (!response.ok) return `${path} answers ${response.status}`;
    } catch {
      return 'does not answer yet';
    }
  }
  return undefined;
}
