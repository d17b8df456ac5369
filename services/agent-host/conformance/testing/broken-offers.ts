import { asRequested, type BrokenHost, hears, only, sends, without } from './faults.ts';

/** Hosts that offer several agents in a wrong way; they stand before one that offers two. */
export const BROKEN_OFFERS: readonly BrokenHost[] = [
  {
    host: 'offers two agents of one name',
    rule: 'a name of its own',
    shows: 'names that are all different',
    fault: sends(
      only('welcome', (frame) => ({
        ...frame,
        agents: (frame.agents as object[]).map((agent) => ({ ...agent, name: 'demo' })),
      })),
    ),
  },
  {
    host: 'forgets which agent a session has',
    rule: 'has it for good',
    shows: 'session.opened with',
    fault: sends(only('session.opened', (frame) => without(frame, 'agent'))),
  },
  {
    host: 'gives its default to whoever asks for an agent that is not there',
    rule: 'refused with unknown_agent',
    shows: 'unknown_agent',
    fault: hears(only('session.open', (frame) => (frame.agent === 'no-such-agent' ? without(frame, 'agent') : frame))),
  },
  {
    host: 'answers agent.check with nothing',
    rule: 'agent.check is answered',
    shows: 'ok and a text',
    fault: asRequested('agent.check', (frame) => ({ type: 'request.done', re: frame.re, result: {} })),
  },
];
