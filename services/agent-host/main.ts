import { runRole } from '../../shared/runtime/role.ts';
import { AgentHost } from './agent-host.ts';
import { chooseAdapter, sayWhatAnswers } from './choose-adapter.ts';

await runRole({
  name: 'agent-host',
  variables: ['AGENT', 'AGENT_URL', 'AGENT_TOKEN', 'AGENTS_DIR', 'SURFACES_PERMISSION_TTL'],
  needs: ['listening'],
  async start({ env, log, readiness, onStop }) {
    // What agents make is for the group of the volume: see shared/volume/README.md.
    process.umask(0o007);
    const { hostname, port } = new URL(env.AGENT_URL);
    const adapter = chooseAdapter(env.AGENT, process.env);
    const host = new AgentHost({
      agents: [{ name: adapter.agent.name, adapter }],
      volume: env.AGENTS_DIR,
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || 80),
      token: env.AGENT_TOKEN,
      permissionTtlMs: env.SURFACES_PERMISSION_TTL,
      log,
    });
    onStop('agent host', () => host.stop());
    const listening = await host.start();
    log.info({ port: listening, agent: adapter.agent.name }, 'listening');
    readiness.met('listening');
    await sayWhatAnswers(env.AGENT, process.env, log);
  },
});
