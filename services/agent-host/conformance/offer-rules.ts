import { demand, demandError, demandFields } from './breach.ts';
import type { Greeting } from './greeting.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule } from './rule.ts';
import { openSession, turnIn } from './stage.ts';

const exempts = ({ welcome }: Greeting) => !Array.isArray(welcome.agents) && 'the host offers no choice of agents';

/** Hosts that offer several agents. */
export const OFFER_RULES: readonly Rule[] = [
  {
    rule: 'each agent that is offered has a name of its own and capabilities, and the first is the default',
    section: 'What a host sends, agents',
    why: 'People choose by the name, and rooms that chose none are shown as the default’s.',
    exempts,
    async check({ greeting }) {
      const { welcome } = greeting;
      const agents = offeredBy(greeting);
      const names = agents.map(({ name }) => name);
      demand(new Set(names).size === names.length, 'names that are all different', names.join(', '), welcome);
      const [first] = agents;
      const same = JSON.stringify(first?.capabilities) === JSON.stringify(welcome.capabilities);
      demand(same, 'capabilities of the first agent as those of the host', first, welcome);
    },
  },
  {
    rule: 'a session that is opened with an agent has it for good, and says so each time',
    section: 'What a host sends, agents',
    why: 'The room would be answered by somebody else after the next restart.',
    exempts,
    async check(trial) {
      const raw = await trial.client();
      const { name = '' } = offeredBy(trial.greeting).at(-1) ?? {};
      const session_id = `conformance-${crypto.randomUUID()}`;
      for (const agent of [{ agent: name }, {}, { agent: name }])
        demandFields(await opened(raw, session_id, agent), { agent: name });
    },
  },
  {
    rule: 'an agent that is not offered is refused with unknown_agent, and nothing is opened',
    section: 'Error codes',
    why: 'By this code a person learns that the agent of their room is gone, instead of talking to another one.',
    exempts,
    async check(trial) {
      const raw = await trial.client();
      const session_id = `conformance-${crypto.randomUUID()}`;
      demandError(await opened(raw, session_id, { agent: 'no-such-agent' }), 'unknown_agent', { retryable: false });
      demandError(await raw.request(turnIn(session_id, 'hello').start), 'unknown_session', { retryable: false });
    },
  },
  {
    rule: 'agent.check is answered, with ok and a text, or with unsupported',
    section: 'What a client sends, agent.check',
    why: 'An operator who looks for a fault waits for the answer.',
    async check(trial) {
      const raw = await trial.client();
      await openSession(raw);
      const answer = await raw.request({ type: 'agent.check' });
      if (answer.type === 'error') return demandError(answer, 'unsupported', { retryable: false });
      const { ok, text } = (answer.result ?? {}) as Record<string, unknown>;
      demand(typeof ok === 'boolean' && typeof text === 'string', 'ok and a text', answer, answer);
    },
  },
];

function offeredBy({ welcome }: Greeting): { name?: string; capabilities?: unknown }[] {
  return welcome.agents as { name?: string; capabilities?: unknown }[];
}

function opened(raw: RawClient, session_id: string, agent: { agent?: string }) {
  return raw.request({ type: 'session.open', session_id, workspace: session_id, ...agent });
}
