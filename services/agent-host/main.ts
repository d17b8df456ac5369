import { runRole } from '../../shared/runtime/role.ts';
import { AgentHost } from './agent-host.ts';
import { configuredAgents, sayWhatAnswers } from './configured/configured-agents.ts';

await runRole({
  name: 'agent-host',
  variables: ['AGENT_URL', 'AGENT_TOKEN', 'AGENTS_DIR', 'AGENT_DRAIN', 'SURFACES_PERMISSION_TTL'],
  needs: ['listening'],
  async start({ env, log, readiness, onStop }) {
    // What agents make is for the group of the volume: see shared/volume/README.md.
    process.umask(0o007);
    const { hostname, port } = new URL(env.AGENT_URL);
    const agents = await configuredAgents(process.env, { volume: env.AGENTS_DIR, log });
    const host = new AgentHost({
      agents,
      volume: env.AGENTS_DIR,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 80),
      token: env.AGENT_TOKEN,
      permissionTtlMs: env.SURFACES_PERMISSION_TTL,
      log,
    });
    const stop = async () => {
      await host.drain(env.AGENT_DRAIN);
      await host.stop();
    };
    onStop('agent host', stop, env.AGENT_DRAIN);
    const listening = await host.start();
    log.info({ port: listening, agents: agents.map(({ name }) => name) }, 'listening');
    readiness.met('listening');
    await sayWhatAnswers(agents, log);
  },
});
