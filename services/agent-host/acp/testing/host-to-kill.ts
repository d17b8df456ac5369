import { join } from 'node:path';
import { createLog } from '../../../../shared/runtime/log.ts';
import { acpAdapter } from '../acp-adapter.ts';
import { AGENT } from './agent-path.ts';

/** A process with an adapter and an agent that does not end by itself; prints the numbers of the agent and of its child. */
const [home = ''] = process.argv.slice(2);
const adapter = acpAdapter(
  {
    name: 'Scripted',
    command: [process.execPath, AGENT],
    env: { SCRIPT: JSON.stringify({ deaf: true }) },
    home: join(home, 'home'),
    turnTimeoutMs: 60_000,
  },
  { log: createLog('silent', {}) },
);
let text = '';
await adapter.runTurn({
  sessionId: 'room',
  turnId: 'turn',
  workspace: home,
  input: [{ type: 'text', text: '[[where]][[say  ]][[child]]' }],
  number: 1,
  conversation: undefined,
  keepConversation: () => {},
  signal: new AbortController().signal,
  emit: (event) => {
    if (event.type === 'message.delta') text += event.text;
  },
  ask: () => Promise.reject(new Error('nobody is asked')),
  offer: () => {},
});
const [, agent, child] = /(\d+) child (\d+)$/.exec(text) ?? [];
process.stdout.write(`${JSON.stringify([Number(agent), Number(child)])}\n`);
