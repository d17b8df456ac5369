import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BOT, ownerOf, roomIds, stateOf } from '../simulated-rooms.ts';

/**
 * As a process of its own: a homeserver that costs next to nothing, whose people ask again whenever they have their answer, so
 * that what is full first is ours. Argument: how many people, with one room each.
 * Sends its port. Is told what people ask, `null` for nothing more; to `seen` it answers what it has seen.
 */
export type SeenSoFar = { readonly answers: number };
export type Asking = { readonly question: string } | null | 'seen';

type Event = { readonly room: string; readonly event: Record<string, unknown> };

const people = Number(process.argv[2]);
const ids = roomIds(people, 1);
const chats = ids.filter((id) => id.startsWith('!room'));
/** What people have said. The token `s5` is behind the fifth. */
const said: Event[] = [];
const polls = new Set<() => void>();
/** By transaction, so that a repetition is no second event. */
const sent = new Map<string, string>();
let asking: Exclude<Asking, 'seen'> = null;
let answers = 0;

const server = createServer(async (request, response) => {
  const url = new URL(request.url!, 'http://bench');
  const path = url.pathname.split('/').map(decodeURIComponent);
  if (path.at(-1) === 'sync') return sync(url, request, response);
  const room = path[path.indexOf('rooms') + 1]!;
  if (path.includes('send')) return answer(response, { event_id: await taken(room, path.at(-1)!, request) });
  request.resume();
  if (path.includes('state')) return answer(response, stateFor(room, path, request.method!, url));
  if (path.at(-1) === 'messages') return answer(response, { chunk: [], start: 's0' });
  if (path.at(-1) === 'joined_members') return answer(response, { joined: { [BOT]: {}, [ownerOf(room)]: {} } });
  if (path.at(-1) === 'joined_rooms') return answer(response, { joined_rooms: ids });
  if (path.at(-1) === 'createRoom') return answer(response, { room_id: ids[0] });
  answer(response, { user_id: BOT, device_id: 'BENCH', versions: ['v1.11'], displayname: 'surfaces' });
});

function stateFor(room: string, path: readonly string[], method: string, url: URL): unknown {
  if (method !== 'GET') return { event_id: `$state${sent.size}` };
  const state = stateOf(room, 1);
  if (path.at(-1) === 'state') return state;
  const found = state.find(({ type }) => type === path[path.indexOf('state') + 1]);
  return url.searchParams.get('format') === 'event' ? found : found?.content;
}

function sync(url: URL, request: IncomingMessage, response: ServerResponse): void {
  // Without a token: a token of now, as for the first look.
  const from = Number(url.searchParams.get('since')?.slice(1) ?? said.length);
  const give = () => {
    polls.delete(give);
    clearTimeout(timer);
    answer(response, { next_batch: `s${said.length}`, rooms: { join: timelines(from) } });
  };
  const timer = setTimeout(give, Number(url.searchParams.get('timeout') ?? 0));
  request.once('close', () => polls.delete(give));
  if (said.length > from) give();
  else polls.add(give);
}

function timelines(from: number): Record<string, unknown> {
  const byRoom = Map.groupBy(said.slice(from), ({ room }) => room);
  const timeline = (theirs: Event[]) => ({
    events: theirs.map(({ event }) => event),
    limited: false,
    prev_batch: `s${from}`,
  });
  return Object.fromEntries([...byRoom].map(([room, theirs]) => [room, { timeline: timeline(theirs) }]));
}

/** Takes an event of the bot. Behind the last of an answer its person asks again. */
async function taken(room: string, transaction: string, request: IncomingMessage): Promise<string> {
  const content = JSON.parse(await textOf(request));
  const known = sent.get(`${room} ${transaction}`);
  if (known) return known;
  const id = `$answer${sent.size}`;
  sent.set(`${room} ${transaction}`, id);
  const { kind, state, last } = (content['m.new_content'] ?? content)['dev.surfaces'] ?? {};
  if (kind === 'answer' && state !== 'streaming' && last) {
    answers += 1;
    say(room);
  }
  return id;
}

function say(room: string): void {
  if (!asking) return;
  const event = {
    ...{ type: 'm.room.message', content: { msgtype: 'm.text', body: asking.question }, sender: ownerOf(room) },
    ...{ event_id: `$question${said.length}`, origin_server_ts: Date.now(), room_id: room },
  };
  said.push({ room, event });
  for (const give of [...polls]) give();
}

function answer(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

process.on('message', (wish: Asking) => {
  if (wish === 'seen') {
    process.send!({ answers } satisfies SeenSoFar);
    return;
  }
  const idle = asking === null;
  asking = wish;
  if (idle) for (const room of chats) say(room);
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
