import { openTestSite } from '../services/ops/test-site.ts';
import { opId } from '../shared/ids/ids.ts';
import { type Connection, connectOnce } from '../shared/store/postgres.ts';
import type { Figure } from './figures.ts';
import { fillRecord } from './million/fill-record.ts';
import { eventOf, ownerOf, ROOMS, roomOf } from './million/message-shape.ts';
import { tableSizes, wholeScans } from './million/table-sizes.ts';
import { percentile } from './percentile.ts';

/** What an operator is to wait for at most, in milliseconds of the server. */
const LIMIT_MS = 100;
const TIMES = 60;
const WARM_UP = 8;
/** Rooms used at times of their own, some with work, and events that were not understood. */
const VARIED = [
  "UPDATE room SET last_turn_at = now() - random() * interval '30 days'",
  'UPDATE lane SET done_seq = done_seq - 3 WHERE lane_id IN (SELECT lane_id FROM lane LIMIT 200)',
  "INSERT INTO lane_reject (key, lane_id, reason) SELECT '$reject' || n, 'room/!other' || n, 'too large' FROM generate_series(1, 20000) n",
  'VACUUM ANALYZE room, lane, lane_reject',
];

/** The operator’s pages over a record of `messages` in 10,000 rooms: from the request to the last byte, without the network. */
export async function benchOpsPages(
  servers: { readonly database_url: string; readonly redis_url: string },
  messages: number,
  say: (text: string) => void,
): Promise<Figure[]> {
  const open = await openTestSite({ databaseUrl: servers.database_url, redisUrl: servers.redis_url });
  const connection = await connectOnce(servers.database_url, open.database.namespace, 'bench');
  try {
    await fill(connection, messages, say);
    const before = await tableSizes(connection);
    const get = async (url: string) => {
      const began = performance.now();
      const { statusCode, body } = await open.site.inject({ url, headers: { ...open.basic(), accept: 'text/html' } });
      if (statusCode >= 500) throw new Error(`${url} answered ${statusCode}`);
      return { ms: performance.now() - began, body };
    };
    const group = `The operator’s pages, ${messages.toLocaleString('en')} messages in ${ROOMS.toLocaleString('en')} rooms, p95`;
    const figures: Figure[] = [];
    for (const [name, urlOf] of Object.entries(pagesOf(messages))) {
      const times: number[] = [];
      for (let n = 0; n < WARM_UP + TIMES; n += 1) times.push((await get(urlOf(n))).ms);
      const value = percentile(times.slice(WARM_UP), 0.95);
      figures.push({ group, name, value, unit: 'ms', limit: { most: LIMIT_MS } });
    }
    const walked = await walk(get);
    figures.push({
      group,
      name: `each of ${walked.length} pages of rooms, in a row`,
      value: percentile(walked, 0.95),
      unit: 'ms',
      limit: { most: LIMIT_MS },
    });
    const scans = wholeScans(before, await tableSizes(connection));
    figures.push({ group, name: 'large tables read as a whole', value: scans, unit: '', limit: { most: 0 } });
    return figures;
  } finally {
    await connection.end();
    await open.close();
  }
}

async function fill(connection: Connection, messages: number, say: (text: string) => void): Promise<void> {
  await fillRecord(connection, messages, say);
  for (const statement of VARIED) await connection.query(statement);
}

/** A page’s address the `n`th time it is asked for: another room, person or turn each time. */
function pagesOf(messages: number): Record<string, (n: number) => string> {
  const of = (place: string, id: string) => `/${place}/${encodeURIComponent(id)}`;
  const search = (text: string) => `/search?q=${encodeURIComponent(text)}`;
  const some = (n: number) => (n * 7_919) % messages;
  return {
    'rooms, the first page': () => '/rooms',
    'rooms with work': () => '/rooms?work=1',
    'rooms by a piece of their name': () => '/rooms?name=week',
    'rooms of one owner': (n) => `/rooms?owner=${encodeURIComponent(ownerOf(n))}`,
    people: () => '/people',
    'people with work': () => '/people?work=1',
    'a room': (n) => of('rooms', roomOf(some(n))),
    'a person': (n) => of('people', ownerOf(some(n))),
    'a turn': (n) => of('turns', eventOf(some(n))),
    'search: an event': (n) => search(eventOf(some(n))),
    'search: a link to an answer': (n) => search(`https://matrix.to/#/${roomOf(some(n))}/$unknown${n}`),
    'search: an answer’s id that is not among the newest': (n) => search(`$unknown${n}`),
    'search: an operation or turn that does not exist': (n) => search(opId('turn', `none ${n}`)),
    'search: a piece of a name': () => search('person99'),
  };
}

/** Milliseconds of each page, from the first to the last. */
async function walk(get: (url: string) => Promise<{ ms: number; body: string }>): Promise<number[]> {
  const times: number[] = [];
  for (let url: string | undefined = '/rooms'; url; ) {
    const { ms, body } = await get(url);
    times.push(ms);
    url = /<a href="([^"]+)" rel="next">/.exec(body)?.[1]?.replaceAll('&amp;', '&');
  }
  return times;
}
