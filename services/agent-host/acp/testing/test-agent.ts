import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputBlock, PermissionOption } from '../../../../shared/agent-protocol/content.ts';
import { type TurnEvent, turnEvent } from '../../../../shared/agent-protocol/turn-events.ts';
import { createLog, type Log } from '../../../../shared/runtime/log.ts';
import type { Adapter, AdapterEvent, AgentTurn, Resolution, StopReason } from '../../adapter.ts';
import { type AcpSettings, acpAdapter } from '../acp-adapter.ts';
import { AGENT } from './agent-path.ts';
import type { Params, Script } from './script.ts';

type Question = Parameters<AgentTurn['ask']>[0];
type Offer = Parameters<AgentTurn['offer']>[0];

export type TurnOptions = {
  readonly session?: string;
  readonly signal?: AbortSignal;
  /** Called with each event as it comes. */
  readonly each?: (event: AdapterEvent) => void;
  readonly answer?: (question: Question) => Promise<Resolution>;
};

export type Ran = {
  readonly events: readonly AdapterEvent[];
  readonly text: string;
  readonly stop: StopReason | undefined;
  /** What the adapter threw. */
  readonly failure: { code?: string; message: string } | undefined;
  readonly questions: readonly Question[];
  readonly offers: readonly Offer[];
};

/** An adapter with an agent behind it, and what the host keeps: a folder and a conversation for each session. */
export class TestAgent {
  readonly root = mkdtempSync(join(tmpdir(), 'acp-'));
  readonly settings: AcpSettings;
  readonly adapter: Adapter;
  readonly conversations = new Map<string, unknown>();
  readonly logged: string[] = [];

  constructor(script: Partial<Script> = {}, over: Partial<AcpSettings> = {}) {
    this.settings = {
      name: 'Scripted',
      command: [process.execPath, AGENT],
      env: { SCRIPT: JSON.stringify(script), ...over.env },
      home: join(this.root, 'home'),
      turnTimeoutMs: 20_000,
      ...without(over, 'env'),
      patience: {
        initializeMs: 15_000,
        cancelMs: 5_000,
        terminateMs: 300,
        placeMs: 5_000,
        firstPauseMs: 100,
        longestPauseMs: 400,
        memoryLookMs: 50,
        ...over.patience,
      },
    };
    this.adapter = acpAdapter(this.settings, { log: listening(this.logged) });
  }

  workspace(session: string): string {
    return join(this.root, 'volume', session);
  }

  /** Runs one turn as the host would; every event has to hold to the protocol. Never throws for what the adapter threw. */
  async turn(input: string | readonly InputBlock[], options: TurnOptions = {}): Promise<Ran> {
    const { session = 'room', signal = new AbortController().signal } = options;
    const ran = { events: [] as AdapterEvent[], questions: [] as Question[], offers: [] as Offer[] };
    let stop: StopReason | undefined;
    let failure: Ran['failure'];
    const turn: AgentTurn = {
      sessionId: session,
      turnId: crypto.randomUUID(),
      workspace: makeFolder(this.workspace(session)),
      input: typeof input === 'string' ? [{ type: 'text', text: input }] : input,
      number: 1,
      conversation: this.conversations.get(session),
      keepConversation: (kept) => this.conversations.set(session, JSON.parse(JSON.stringify(kept))),
      signal,
      emit: (event) => {
        turnEvent.parse({ ...event, session_id: 's', turn_id: 't', seq: 1, at: 0 } as TurnEvent);
        ran.events.push(event);
        options.each?.(event);
      },
      ask: (question) => {
        turnEvent.parse({
          type: 'permission.request',
          session_id: 's',
          turn_id: 't',
          seq: 1,
          at: 0,
          permission_id: 'p',
          expires_at: '',
          ...question,
        });
        ran.questions.push(question);
        return options.answer?.(question) ?? Promise.reject(new Error('nobody was to be asked'));
      },
      offer: (offer) => {
        turnEvent.parse({ type: 'file.offer', session_id: 's', turn_id: 't', seq: 1, at: 0, file_id: 'f', ...offer });
        ran.offers.push(offer);
      },
    };
    try {
      stop = await this.adapter.runTurn(turn);
    } catch (error) {
      failure = error as Error;
    }
    return { ...ran, text: said(ran.events, 'answer'), stop, failure };
  }

  /** What the agent was sent, the oldest first. */
  seen(method?: string): { pid: number; method: string; params: Params }[] {
    let text = '';
    try {
      text = readFileSync(join(this.settings.home, 'seen.jsonl'), 'utf8');
    } catch {}
    const all = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return method ? all.filter((one) => one.method === method) : all;
  }

  /** The processes that were ever started, by number. */
  get pids(): number[] {
    return [...new Set(this.seen('initialize').map(({ pid }) => pid))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.adapter.stop?.();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The person chooses the option of this kind. */
export function choosing(kind: PermissionOption['kind']): NonNullable<TurnOptions['answer']> {
  return async ({ options }) => ({ outcome: 'selected', option: options.find((option) => option.kind === kind)! });
}

/** Stops a turn at the first event of which `when` holds. */
export function stoppingWhen(when: (event: AdapterEvent) => boolean): TurnOptions & { readonly signal: AbortSignal } {
  const abort = new AbortController();
  return { signal: abort.signal, each: (event) => when(event) && abort.abort() };
}

export function said(events: readonly AdapterEvent[], channel: 'answer' | 'thought'): string {
  return events
    .map((event) => (event.type === 'message.delta' && event.channel === channel ? event.text : ''))
    .join('');
}

/** Whether a process of this number is there; one that is dead and not yet fetched is not. */
export function isThere(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

function without<T extends object>(object: T, name: keyof T): Partial<T> {
  const { [name]: _, ...rest } = object;
  return rest as Partial<T>;
}

/** A log of which each line is kept as text, at every level. */
function listening(lines: string[]): Log {
  const log = createLog('silent', {}) as Log;
  for (const level of ['error', 'warn', 'info', 'debug'] as const)
    log[level] = ((...args: unknown[]) => void lines.push(`${level} ${args.map(asText).join(' ')}`)) as Log['info'];
  return log;
}

function asText(value: unknown): string {
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, inner) => (inner instanceof Error ? String(inner) : inner));
}
