import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputBlock, PermissionOption } from '../../../../shared/agent-protocol/content.ts';
import { type TurnEvent, turnEvent } from '../../../../shared/agent-protocol/turn-events.ts';
import type { Adapter, AdapterEvent, AgentTurn, Resolution, StopReason } from '../../adapter.ts';
import type { Tool } from '../../tools/tool.ts';
import { type OpenaiSettings, openaiAdapter } from '../openai-adapter.ts';
import { sourceOf } from './test-tools.ts';

type Question = Parameters<AgentTurn['ask']>[0];

export type TurnOptions = {
  readonly conversation?: unknown;
  readonly workspace?: string;
  readonly signal?: AbortSignal;
  /** Called with each event as it comes. */
  readonly each?: (event: AdapterEvent) => void;
  readonly answer?: (question: Question) => Promise<Resolution>;
};

export type Ran = {
  readonly events: readonly AdapterEvent[];
  readonly text: string;
  readonly thought: string;
  readonly stop: StopReason | undefined;
  /** What the adapter threw. */
  readonly failure: { code?: string; message: string } | undefined;
  readonly questions: readonly Question[];
  /** The conversation after it; the one before where the adapter kept none. */
  readonly conversation: unknown;
};

type Over = Omit<Partial<OpenaiSettings>, 'tools'> & {
  readonly tools?: readonly Tool[] | OpenaiSettings['tools'];
};

/** Fast, and with a deadline for everything; `over` changes any of it. */
export function settingsFor(baseUrl: string, { tools, ...over }: Over = {}): OpenaiSettings {
  return {
    name: 'Scripted',
    baseUrl,
    apiKey: 'sk-test-0123456789',
    model: 'scripted',
    images: false,
    ...(tools && { tools: 'check' in tools ? tools : sourceOf(tools) }),
    headersTimeoutMs: 5_000,
    inactivityMs: 5_000,
    turnTimeoutMs: 20_000,
    retry: { firstMs: 5, mostMs: 20, times: 2, patienceMs: 3_000 },
    ...over,
  };
}

/** Runs one turn as the host would; every event has to hold to the protocol. Never throws for what the adapter threw. */
export async function runTurn(
  given: Adapter | OpenaiSettings,
  input: string | readonly InputBlock[],
  options: TurnOptions = {},
): Promise<Ran> {
  const adapter = 'runTurn' in given ? given : openaiAdapter(given);
  const events: AdapterEvent[] = [];
  const questions: Question[] = [];
  let conversation = options.conversation;
  let stop: StopReason | undefined;
  let failure: Ran['failure'];
  const turn: AgentTurn = {
    sessionId: 'session',
    turnId: 'turn',
    workspace: options.workspace ?? (await mkdtemp(join(tmpdir(), 'openai-turn-'))),
    input: typeof input === 'string' ? [{ type: 'text', text: input }] : input,
    number: 1,
    conversation: throughJson(conversation),
    keepConversation: (kept) => {
      conversation = throughJson(kept);
    },
    signal: options.signal ?? new AbortController().signal,
    emit: (event) => {
      turnEvent.parse({ ...event, session_id: 's', turn_id: 't', seq: 1, at: 0 } as TurnEvent);
      events.push(event);
      options.each?.(event);
    },
    ask: (question) => {
      questions.push(question);
      return options.answer?.(question) ?? Promise.reject(new Error('nobody was to be asked'));
    },
    offer: () => {},
  };
  try {
    stop = await adapter.runTurn(turn);
  } catch (error) {
    failure = error as Error;
  }
  return {
    events,
    text: said(events, 'answer'),
    thought: said(events, 'thought'),
    stop,
    failure,
    questions,
    conversation,
  };
}

/** The person chooses the option of this kind. */
export function choosing(kind: PermissionOption['kind'], reason?: string): NonNullable<TurnOptions['answer']> {
  return async ({ options }) => ({
    outcome: 'selected',
    option: options.find((option) => option.kind === kind)!,
    ...(reason ? { reason } : {}),
  });
}

function said(events: readonly AdapterEvent[], channel: 'answer' | 'thought'): string {
  return events
    .map((event) => (event.type === 'message.delta' && event.channel === channel ? event.text : ''))
    .join('');
}

/** As the host stores it. */
function throughJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
