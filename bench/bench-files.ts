import { execFileSync, spawn } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Resident, TestStack } from '../e2e/test-stack.ts';
import { openDatabase } from '../shared/store/postgres.ts';
import type { Figure } from './figures.ts';

const AT_ONCE = 8;
const MIB = 1024 ** 2;

type Times = { readonly began: number; readonly ended: number };

/**
 * Large files both ways, eight at once: how much memory the attachment worker takes at most, and how fast they go beside
 * curl, which does nothing but fetch and send the same bytes on the same machine in the same run.
 */
export async function benchFiles(mib: number): Promise<Figure[]> {
  const size = mib * MIB;
  const env = {
    SURFACES_MAX_FILE_BYTES: String(size),
    SURFACES_QUOTA_ROOM_BYTES: '10G',
    SURFACES_QUOTA_PERSON_BYTES: '99G',
  };
  const stack = new TestStack({ env });
  try {
    await stack.up();
    const database = openDatabase(stack.stack.database_url, {
      namespace: 'surfaces',
      max: 2,
      applicationName: 'bench',
    });
    const residents: Resident[] = [];
    for (let index = 0; index < AT_ONCE; index++) residents.push(await stack.atHome(`person${index}`));
    const path = join(stack.home, 'bench.bin');
    await pipeline(noise(size), createWriteStream(path));
    const { homeserver } = stack.stack;
    const login = residents[0]!.person.login;
    const upload = `${homeserver.url}/_matrix/media/v3/upload`;
    const fetched = (await (
      await fetch(upload, {
        method: 'POST',
        headers: { authorization: `Bearer ${login.accessToken}`, 'content-length': String(size) },
        body: Readable.toWeb(createReadStream(path)) as ReadableStream,
        duplex: 'half',
      } as RequestInit)
    ).json()) as { content_uri: string };
    const idle = memoryOf(stack).now;

    const download = `${homeserver.url}/_matrix/client/v1/media/download/${fetched.content_uri.slice('mxc://'.length)}`;
    settleDisk();
    const fetchedByCurl = await together((index) => curl(login.accessToken, ['-o', `${path}.${index}`, download]));
    for (let index = 0; index < AT_ONCE; index++) rmSync(`${path}.${index}`);
    settleDisk();
    const content = { msgtype: 'm.file', body: 'bench.bin', url: fetched.content_uri };
    const asked = await Promise.all(
      residents.map(({ person, home }) => person.send(home.room, 'm.room.message', content)),
    );
    for (const [index, { eventId }] of asked.entries()) await residents[index]!.untilAnswered(eventId, 300_000);
    const [incoming] = await database.run<Times>({
      name: 'bench_in',
      text: `SELECT extract(epoch FROM min(i.received_at))::float8 AS began, extract(epoch FROM max(f.created_at))::float8 AS ended
             FROM file_in f JOIN lane_item i ON i.key = f.event_id`,
    });
    const afterIn = memoryOf(stack).most;

    settleDisk();
    const sentByCurl = await together(() =>
      curl(login.accessToken, ['-X', 'POST', '-T', path, '-o', '/dev/null', upload]),
    );
    const made = await Promise.all(residents.map((who) => who.say(`demo file out.bin size=${mib}m`)));
    for (const [index, eventId] of made.entries()) await residents[index]!.untilAnswered(eventId, 300_000);
    // Sent once more by its number: now no agent writes beside it.
    settleDisk();
    const before = Date.now() / 1_000;
    await Promise.all(residents.map((who) => who.command('!files')));
    const picked = await Promise.all(residents.map((who) => who.say('1')));
    for (const [index, eventId] of picked.entries()) await residents[index]!.untilReplied(eventId, undefined, 300_000);
    const [outgoing] = await database.run<Times>(
      {
        name: 'bench_out',
        text: `SELECT extract(epoch FROM min(created_at))::float8 AS began, extract(epoch FROM max(done_at))::float8 AS ended
               FROM file_out WHERE extract(epoch FROM created_at) > $1`,
      },
      [before],
    );
    await database.close();
    const afterOut = memoryOf(stack).most;

    const group = `Files, ${AT_ONCE} of ${mib} MiB at once`;
    const inMs = (incoming!.ended - incoming!.began) * 1_000;
    const outMs = (outgoing!.ended - outgoing!.began) * 1_000;
    const speed = (ms: number) => (AT_ONCE * mib) / (ms / 1_000);
    return [
      { group, name: 'attachment worker, RSS idle', value: idle / MIB, unit: 'MiB', limit: { most: 120 } },
      { group, name: 'in: RSS at most', value: afterIn / MIB, unit: 'MiB', limit: { most: 256 } },
      { group, name: 'in: speed', value: speed(inMs), unit: 'MiB/s' },
      { group, name: 'in: speed beside curl', value: fetchedByCurl / inMs, unit: '×', limit: { least: 0.7 } },
      { group, name: 'in and out: RSS at most', value: afterOut / MIB, unit: 'MiB', limit: { most: 256 } },
      { group, name: 'out: speed, the copy included', value: speed(outMs), unit: 'MiB/s' },
      { group, name: 'out: speed beside curl', value: sentByCurl / outMs, unit: '×', limit: { least: 0.7 } },
    ];
  } finally {
    await stack.end();
  }
}

/** Bytes that do not compress, one block at a time. */
function* noise(size: number): Generator<Buffer> {
  const stream = createCipheriv('aes-256-ctr', randomBytes(32), Buffer.alloc(16));
  const nothing = Buffer.alloc(MIB);
  for (let left = size; left > 0; left -= MIB) yield stream.update(nothing).subarray(0, left);
}

/** What earlier steps have written is on the disk, so that none pays for another. */
function settleDisk(): void {
  execFileSync('sync');
}

/** As many times as there are files, at once. @returns milliseconds until the last has ended. */
async function together(work: (index: number) => Promise<void>): Promise<number> {
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(index)));
  return performance.now() - began;
}

function curl(token: string, args: readonly string[]): Promise<void> {
  const child = spawn('curl', ['--silent', '--fail', '-H', `Authorization: Bearer ${token}`, ...args], {
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`curl ended with ${code}`))));
  });
}

/** Resident bytes of the attachment worker: now, and at most since its start. */
function memoryOf(stack: TestStack): { now: number; most: number } {
  const status = readFileSync(`/proc/${stack.role('attachment-worker').pid}/status`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
  return { now: field('VmRSS'), most: field('VmHWM') };
}
