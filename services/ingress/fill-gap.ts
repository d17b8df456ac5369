import { field, list, textField } from '../../shared/config/json.ts';
import { SurfacesError } from '../../shared/errors/surfaces-error.ts';
import type { RoomId, UserId } from '../../shared/ids/ids.ts';
import { type MatrixHttp, path } from '../../shared/matrix/http.ts';
import { isRefusal } from '../../shared/matrix/http-error.ts';
import { TIMELINE_TYPES } from './sync-filter.ts';

const PAGE = 100;
/** 10,000 events of one room in one page of /sync: more than a person writes in any outage. */
const MOST_PAGES = 100;

/** Events of a room, oldest first, and why some of them could not be had. */
export type Filled = { readonly events: readonly unknown[]; readonly missing?: string };

/**
 * What a limited timeline left out: back from its beginning to the old token.
 * @throws SurfacesError `matrix_unavailable`, `matrix_limited`: the page has to be asked for again.
 */
export async function fillGap(
  http: MatrixHttp,
  room: RoomId,
  options: { self: UserId; from: string; to: string; signal?: AbortSignal },
): Promise<Filled> {
  return walkBack(http, room, { ...options, not: options.self, until: () => false });
}

/** All that happened in a room between two tokens of /sync, our own events among it. @throws as `fillGap`. */
export async function allSince(
  http: MatrixHttp,
  room: RoomId,
  options: { from: string; to: string; signal?: AbortSignal },
): Promise<Filled> {
  return walkBack(http, room, { ...options, until: () => false });
}

/**
 * What happened in a room since we joined it, our own events among it: a room newly joined comes with history that is not
 * meant for us, and the order of events, not their clocks, says where we came in. The last join counts.
 */
export async function sinceJoin(
  http: MatrixHttp,
  room: RoomId,
  options: { self: UserId; signal?: AbortSignal },
): Promise<Filled> {
  return walkBack(http, room, { ...options, until: (event) => isOwnJoin(event, options.self) });
}

async function walkBack(
  http: MatrixHttp,
  room: RoomId,
  options: {
    from?: string;
    to?: string;
    not?: UserId;
    until: (event: unknown) => boolean;
    signal?: AbortSignal;
  },
): Promise<Filled> {
  const newestFirst: unknown[] = [];
  const filled = (missing?: string): Filled => ({ events: newestFirst.toReversed(), ...(missing && { missing }) });
  const filter = JSON.stringify({ types: TIMELINE_TYPES, ...(options.not && { not_senders: [options.not] }) });
  let from = options.from;
  for (let page = 0; page < MOST_PAGES; page++) {
    let answer: unknown;
    try {
      answer = await http.request({
        kind: 'messages',
        method: 'GET',
        path: path`/_matrix/client/v3/rooms/${room}/messages`,
        query: { dir: 'b', limit: PAGE, from, to: options.to, filter },
        signal: options.signal,
        retries: 3,
      });
    } catch (error) {
      if (isRefusal(error)) return filled(error.message);
      throw error;
    }
    const chunk = list(field(answer, 'chunk'));
    for (const event of chunk) {
      if (options.until(event)) return filled();
      newestFirst.push(event);
    }
    const end = textField(answer, 'end');
    if (end === undefined || chunk.length === 0) return filled();
    if (end === from) throw new SurfacesError('matrix_unavailable', 'GET …/messages does not come further');
    from = end;
  }
  return filled(`more than ${MOST_PAGES * PAGE} events`);
}

/** A change of name or picture is a `join` too, after a `join`. */
function isOwnJoin(event: unknown, self: UserId): boolean {
  if (textField(event, 'type') !== 'm.room.member' || textField(event, 'state_key') !== self) return false;
  const before = field(field(event, 'unsigned'), 'prev_content');
  return textField(field(event, 'content'), 'membership') === 'join' && textField(before, 'membership') !== 'join';
}
