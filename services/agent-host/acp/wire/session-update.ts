import { field, list, numberField, record, textField } from '../../../../shared/config/json.ts';

/** What an agent tells of a turn, as far as people are told it. */
export type Heard =
  | { readonly kind: 'says' | 'thinks'; readonly text: string; readonly messageId: string | undefined }
  | ({ readonly kind: 'call' } & ToolCall)
  | { readonly kind: 'plan'; readonly entries: readonly { content: string; status: PlanStatus }[] }
  | { readonly kind: 'usage'; readonly used: number; readonly size: number | undefined; readonly cost?: Cost };

/** Only what the update says: a field that is missing has not changed. */
export type ToolCall = {
  readonly id: string;
  readonly title: string | undefined;
  readonly toolKind: string | undefined;
  readonly status: CallStatus | undefined;
};
export type CallStatus = 'pending' | 'in_progress' | 'completed' | 'failed';
export type Cost = { readonly amount: number; readonly currency: string };
type PlanStatus = 'pending' | 'in_progress' | 'completed';

const CALL_STATUS: readonly string[] = ['pending', 'in_progress', 'completed', 'failed'] satisfies CallStatus[];
const PLAN_STATUS: readonly string[] = ['pending', 'in_progress', 'completed'] satisfies PlanStatus[];
/** What the protocol of the host takes. */
const PLAN_ENTRIES = 256;
const PLAN_ENTRY = 4_096;

/** Of `session/update` or `session/request_permission`. */
export function sessionOf(params: unknown): string {
  return textField(params, 'sessionId') ?? '';
}

/** @returns undefined for all that nobody is told: commands, modes, titles, and what is new in the protocol. */
export function decodeUpdate(params: unknown): Heard | undefined {
  const update = field(params, 'update');
  switch (textField(update, 'sessionUpdate')) {
    case 'agent_message_chunk':
      return speech('says', update);
    case 'agent_thought_chunk':
      return speech('thinks', update);
    case 'tool_call':
    case 'tool_call_update': {
      const call = decodeCall(update);
      return call && { kind: 'call', ...call };
    }
    case 'plan':
      return { kind: 'plan', entries: list(field(update, 'entries')).slice(0, PLAN_ENTRIES).map(planEntry) };
    case 'usage_update':
      return usage(update);
    default:
      return undefined;
  }
}

/** A tool call as updates and requests for permission have it. */
export function decodeCall(value: unknown): ToolCall | undefined {
  const id = textField(value, 'toolCallId');
  if (!id) return undefined;
  const status = textField(value, 'status');
  return {
    id,
    title: textField(value, 'title'),
    toolKind: textField(value, 'kind'),
    status: status !== undefined && CALL_STATUS.includes(status) ? (status as CallStatus) : undefined,
  };
}

function speech(kind: 'says' | 'thinks', update: unknown): Heard | undefined {
  const text = textField(field(update, 'content'), 'text');
  return text ? { kind, text, messageId: textField(update, 'messageId') } : undefined;
}

function planEntry(entry: unknown): { content: string; status: PlanStatus } {
  const status = textField(entry, 'status') ?? '';
  return {
    content: (textField(entry, 'content') ?? '').slice(0, PLAN_ENTRY),
    status: PLAN_STATUS.includes(status) ? (status as PlanStatus) : 'pending',
  };
}

function usage(update: unknown): Heard | undefined {
  const used = tokens(update, 'used');
  if (used === undefined) return undefined;
  const cost = record(field(update, 'cost'));
  const amount = numberField(cost, 'amount');
  const currency = textField(cost, 'currency');
  const told = amount !== undefined && currency?.length === 3 ? { cost: { amount, currency } } : {};
  return { kind: 'usage', used, size: tokens(update, 'size') || undefined, ...told };
}

/** A whole number of tokens, as some agents estimate them. */
export function tokens(value: unknown, name: string): number | undefined {
  const number = numberField(value, name);
  return number !== undefined && number >= 0 ? Math.round(number) : undefined;
}
