import type { IncomingMessage, ServerResponse } from 'node:http';
import { BOT } from './test-timeline.ts';

const PAGE = 100;

export type FakeRoom = {
  readonly owner: string;
  readonly kind?: 'chat' | 'space';
  /** Oldest first. */
  readonly events: readonly unknown[];
  /** It does not let us read it. */
  readonly refuses?: true;
};

/** For tests: as much of a homeserver as a look back asks. Its token is `t1`; `old` is one that it does not know. */
export function fakeHomeserver(rooms: Readonly<Record<string, FakeRoom>>, requests: string[] = []) {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://x');
    const path = decodeURIComponent(url.pathname);
    requests.push(`${path}${path.endsWith('/messages') ? ` ${url.searchParams.get('from')}` : ''}`);
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const room = rooms[/\/rooms\/([^/]+)\//.exec(path)?.[1] ?? ''];
    if (path.endsWith('/sync')) {
      if (url.searchParams.get('since') === 'old') return answer(400, { errcode: 'M_UNKNOWN', error: 'what token?' });
      return answer(200, { next_batch: 't1' });
    }
    if (path.endsWith('/joined_rooms')) return answer(200, { joined_rooms: Object.keys(rooms) });
    if (!room) return answer(404, { errcode: 'M_NOT_FOUND', error: 'no' });
    if (path.includes('/state/')) return answer(200, stateOf(room));
    if (room.refuses) return answer(403, { errcode: 'M_FORBIDDEN', error: 'not yours' });
    const from = url.searchParams.get('from');
    const end = from === 't1' ? room.events.length : Number(from);
    const chunk = room.events.slice(Math.max(0, end - PAGE), end).toReversed();
    return answer(200, { chunk, ...(end > PAGE ? { end: String(end - PAGE) } : {}) });
  };
}

function stateOf({ owner, kind = 'chat' }: FakeRoom) {
  const content = { kind, owner, state: 'active', op: 'made', ...(kind === 'chat' ? { session_id: 'chat-1' } : {}) };
  return { type: 'dev.surfaces.room', sender: BOT, state_key: '', content };
}
