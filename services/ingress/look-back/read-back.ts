import { field, list, textField } from '../../../shared/config/json.ts';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { RoomId, UserId } from '../../../shared/ids/ids.ts';
import { type MatrixHttp, path } from '../../../shared/matrix/http.ts';
import { readStretch, type Stretch } from './read-stretch.ts';

const PAGE = 100;
/** 2,000 events: some sixty answers with all of their edits. A room with an answer in it rarely takes more than one page. */
const MOST_PAGES = 20;
const FILTER = JSON.stringify({ types: ['m.room.message', 'm.room.encrypted', 'm.room.redaction'] });

export type Back = {
  readonly stretch: Stretch;
  /** It reaches to something that is done, or to the room's beginning. */
  readonly whole: boolean;
};

/**
 * A room's timeline from a token of /sync back to the newest thing that is done with all before it.
 * @throws MatrixRefusal where the room does not let us; SurfacesError `matrix_unavailable`, `matrix_limited`.
 */
export async function readBack(
  http: MatrixHttp,
  room: RoomId,
  options: { readonly self: UserId; readonly from: string; readonly receivedTs: number; readonly signal?: AbortSignal },
): Promise<Back> {
  const newestFirst: unknown[] = [];
  let { from } = options;
  let stretch = readStretch(room, [], options);
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await http.request({
      kind: 'messages',
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/messages`,
      query: { dir: 'b', limit: PAGE, from, filter: FILTER },
      signal: options.signal,
      retries: 3,
    });
    const chunk = list(field(answer, 'chunk'));
    newestFirst.push(...chunk);
    stretch = readStretch(room, newestFirst.toReversed(), options);
    const end = textField(answer, 'end');
    if (stretch.done.through >= 0 || end === undefined || chunk.length === 0) return { stretch, whole: true };
    if (end === from) throw new SurfacesError('matrix_unavailable', 'GET …/messages does not come further');
    from = end;
  }
  return { stretch, whole: false };
}
