import { field, numberField, textField } from '../config/json.ts';
import type { EventId, OpId, UserId } from '../ids/ids.ts';
import { cleanText } from './clean-text.ts';
import { eventIdOf } from './decode.ts';

const KINDS = ['answer', 'notice', 'command', 'permission', 'file'] as const;
const STATES = ['streaming', 'done', 'failed', 'stopped'] as const;
const MOST_PARTS = 10_000;

/** One event of ours in a room, as its `dev.surfaces` tells: a message, or an edit of one. */
export type OwnEvent = {
  readonly eventId: EventId;
  /** Of an edit the message that it edits. */
  readonly target?: EventId;
  readonly op: OpId;
  readonly kind: (typeof KINDS)[number];
  readonly inResponseTo?: EventId;
  /** Of answers. */
  readonly state?: (typeof STATES)[number];
  readonly part: number;
  readonly last: boolean;
  readonly code?: string;
  /** What it says then. */
  readonly text: string;
  readonly originTs: number;
};

/** Undefined for what somebody else sent, or what does not bear our mark (any more: a redaction takes it away). Never throws. */
export function decodeOwnEvent(event: unknown, self: UserId): OwnEvent | undefined {
  if (textField(event, 'sender') !== self || textField(event, 'type') !== 'm.room.message') return undefined;
  const eventId = eventIdOf(textField(event, 'event_id'));
  const content = field(event, 'content');
  const relation = field(content, 'm.relates_to');
  const isEdit = textField(relation, 'rel_type') === 'm.replace';
  const target = isEdit ? eventIdOf(textField(relation, 'event_id')) : undefined;
  if (eventId === undefined || (isEdit && target === undefined)) return undefined;
  const fresh = isEdit ? field(content, 'm.new_content') : content;
  const mark = field(fresh, 'dev.surfaces');
  const op = textField(mark, 'op');
  const kind = KINDS.find((known) => known === textField(mark, 'kind'));
  if (op === undefined || !/^[0-9A-Za-z._-]{1,100}$/.test(op) || kind === undefined) return undefined;
  const inResponseTo = eventIdOf(textField(mark, 'in_response_to'));
  const state = STATES.find((known) => known === textField(mark, 'state'));
  const part = numberField(mark, 'part') ?? 1;
  const code = textField(mark, 'code');
  return {
    eventId,
    ...(target && { target }),
    op: op as OpId,
    kind,
    ...(inResponseTo && { inResponseTo }),
    ...(state && { state }),
    part: Number.isInteger(part) && part >= 1 && part <= MOST_PARTS ? part : 1,
    last: field(mark, 'last') === true,
    ...(code !== undefined && { code: cleanText(code) }),
    text: cleanText(textField(fresh, 'body') ?? ''),
    originTs: numberField(event, 'origin_server_ts') ?? 0,
  };
}
