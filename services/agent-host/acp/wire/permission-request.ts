import type { PermissionOption } from '../../../../shared/agent-protocol/content.ts';
import { field, list, textField } from '../../../../shared/config/json.ts';
import { decodeCall, sessionOf, type ToolCall } from './session-update.ts';

/** What an agent asks before it does something. */
export type PermissionAsked = {
  readonly session: string;
  readonly call: ToolCall;
  /** Of the call, for `explainCall`. */
  readonly content: readonly unknown[];
  readonly rawInput: unknown;
  /** At most 16, one of them a no if the agent has one. */
  readonly options: readonly PermissionOption[];
};

const KINDS: readonly string[] = [
  'allow_once',
  'allow_always',
  'reject_once',
  'reject_always',
] satisfies PermissionOption['kind'][];
/** What the protocol of the host takes. */
const OPTIONS = 16;
const TEXT = 255;

/** @returns undefined for what cannot be asked: no tool call, or no option that somebody could choose. */
export function decodePermission(params: unknown): PermissionAsked | undefined {
  const toolCall = field(params, 'toolCall');
  const call = decodeCall(toolCall);
  const options = fitting(list(field(params, 'options')).flatMap((option) => decodeOption(option) ?? []));
  if (!call || options.length === 0) return undefined;
  const content = list(field(toolCall, 'content'));
  return { session: sessionOf(params), call, content, rawInput: field(toolCall, 'rawInput'), options };
}

/** The answers that the protocol has. */
export const CANCELLED = { outcome: { outcome: 'cancelled' } };
export function selected(optionId: string) {
  return { outcome: { outcome: 'selected', optionId } };
}

function decodeOption(option: unknown): PermissionOption | undefined {
  const option_id = textField(option, 'optionId');
  const kind = textField(option, 'kind') ?? '';
  // An id is given back as it came, or not at all.
  if (!option_id || option_id.length > TEXT || !KINDS.includes(kind)) return undefined;
  const name = (textField(option, 'name') || option_id).slice(0, TEXT);
  return { option_id, name, kind: kind as PermissionOption['kind'] };
}

function fitting(options: readonly PermissionOption[]): readonly PermissionOption[] {
  const first = options.slice(0, OPTIONS);
  const isNo = ({ kind }: PermissionOption) => kind.startsWith('reject');
  const no = options.find(isNo);
  return !no || first.some(isNo) ? first : [...first.slice(0, -1), no];
}
