import type { UserId } from '../../../shared/ids/ids.ts';

export const BOT = '@bot:x' as UserId;
export const ANN = '@ann:x' as UserId;
export const NOW = 1_000_000_000;
const MINUTE = 60_000;

export type TestEvent = {
  type: string;
  event_id: string;
  sender: string;
  origin_server_ts: number;
  content: Record<string, unknown>;
  unsigned?: unknown;
};
type More = { at?: number; sender?: string; content?: Record<string, unknown> };

const event = (id: string, sender: string, content: Record<string, unknown>, at = NOW - MINUTE): TestEvent => ({
  type: 'm.room.message',
  event_id: `$${id}`,
  sender,
  origin_server_ts: at,
  content,
});

/** For tests: what a person says, under the event id `$<id>`. */
export function asks(id: string, text = id, { at, sender = ANN, content = {} }: More = {}): TestEvent {
  return event(id, sender, { msgtype: 'm.text', body: text, ...content }, at);
}

/** A message of ours. `mark` is what stands in `dev.surfaces`. */
export function says(id: string, inResponseTo: string, mark: Record<string, unknown>, text = 'words'): TestEvent {
  return event(id, BOT, {
    msgtype: 'm.text',
    body: text,
    'dev.surfaces': { op: `op-${id}`, in_response_to: `$${inResponseTo}`, ...mark },
  });
}

/** An edit of it. */
export function edits(
  id: string,
  target: string,
  inResponseTo: string,
  mark: Record<string, unknown>,
  text = 'more words',
): TestEvent {
  const fresh = says(target, inResponseTo, mark, text).content;
  return event(id, BOT, {
    ...fresh,
    'm.new_content': fresh,
    'm.relates_to': { rel_type: 'm.replace', event_id: `$${target}` },
  });
}

export const STREAMS = { kind: 'answer', state: 'streaming', part: 1, last: false };
export const ENDS = { kind: 'answer', state: 'done', part: 1, last: true };
export const NOTICE = { kind: 'notice' };
export const REPLY = { kind: 'command' };
