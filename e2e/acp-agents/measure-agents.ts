import { mkdtempSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE } from '../../services/agent-host/acp/process/patience.ts';
import { treeMemory } from '../../services/agent-host/acp/process/tree-memory.ts';
import { choosing, TestAgent } from '../../services/agent-host/acp/testing/test-agent.ts';
import { type AgentName, agentSettings } from './agent-settings.ts';
import { installAgents } from './install-agents.ts';
import { ScriptedModel } from './scripted-model.ts';

/** Prints what each agent takes: `node e2e/acp-agents/measure-agents.ts`. The figures of the README are from here. */
const MOST = 10;
const agents = await installAgents();
if (typeof agents === 'string') throw new Error(agents);
await using model = await ScriptedModel.start();
const names: AgentName[] = ['OpenCode', 'Qwen Code'];
for (const name of names) {
  const home = mkdtempSync(join(tmpdir(), 'acp-measure-'));
  const run = agentSettings(name, agents, home, model.baseUrl);
  await using agent = new TestAgent({}, { ...run, patience: PATIENCE, turnTimeoutMs: 120_000 });
  const took = async (work: Promise<unknown>) => {
    const begun = performance.now();
    await work;
    return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  };
  const megabytes = async () => {
    const pid = Number(/"pid":(\d+)/.exec(agent.logged.join())?.[1]);
    return `${Math.round(((await treeMemory(pid)) ?? 0) / 1024 ** 2)} MB`;
  };
  const say = (at: number) => agent.turn('[[say hello]]', { session: `room${at}` });
  const figures: [string, string][] = [['load of the machine', loadavg()[0]!.toFixed(1)]];
  figures.push(['start to initialize', await took(agent.adapter.check!())], ['memory then', await megabytes()]);
  figures.push(['first turn, session and all', await took(say(0))], ['second turn', await took(say(0))]);
  figures.push(['memory with 1 conversation', await megabytes()]);
  for (let at = 1; at < MOST; at += 1) await say(at);
  figures.push([`memory with ${MOST} conversations`, await megabytes()]);
  const rooms = Array.from({ length: MOST }, (_, at) => `room${at}`);
  const write = (session: string) =>
    agent.turn(`[[write ${join(agent.workspace(session), 'a.txt')} ${session}]]`, {
      session,
      answer: choosing('allow_once'),
    });
  figures.push([`${MOST} turns at once, a file each`, await took(Promise.all(rooms.map(write)))]);
  figures.push(['memory after that', await megabytes()]);
  console.log(`\n${name} ${agent.adapter.agent.version}`);
  for (const [what, figure] of figures) console.log(`  ${what.padEnd(34)} ${figure}`);
}
