import { randomUUID } from 'node:crypto';
import type { AgentConnection } from '../shared/agent-protocol/client.ts';
import type { TurnEvent } from '../shared/agent-protocol/turn-events.ts';

/** `count` tokens, the first after `first` ms, then one every `pace` ms. */
export type Question = { readonly count: number; readonly pace: number; readonly first: number };

/** A turn that asks for so many tokens. Both agents understand it: the demo agent's tokens are words. */
export function askHost(
  connection: AgentConnection,
  { count, pace, first }: Question,
  sessionId = `bench-${randomUUID()}`,
): AsyncIterable<TurnEvent> {
  return say(connection, sessionId, `demo words=${count} count=${count} pace=${pace} first=${first}`);
}

export function say(connection: AgentConnection, sessionId: string, text: string): AsyncIterable<TurnEvent> {
  return connection.runTurn({
    sessionId,
    workspace: sessionId,
    turnId: `turn-${randomUUID()}`,
    input: [{ type: 'text', text }],
    signal: new AbortController().signal,
    idleTimeoutMs: 60_000,
  });
}
