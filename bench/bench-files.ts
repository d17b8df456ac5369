import { execFileSync, spawn } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Resident, TestStack } from '../e2e/test-stack.ts';
import { type Database, openDatabase } from '../shared/store/postgres.ts';
import type { Figure } from './figures.ts';

const AT_ONCE = 8;
const MIB = 1024 ** 2;

/**
 * Large files both ways, eight at once: how much memory the attachment worker takes at most, and how fast they go beside
 * curl, which does nothing but fetch and send the same bytes on the same machine. Ours and curl's rounds alternate.
 */
export async function benchFiles(mib: number, rounds: number): Promise<Figure[]> {
  const size = mib * MIB;
  const stack = new TestStack({
    env: {
      SURFACES_MAX_FILE_BYTES: String(size),
      SURFACES_QUOTA_ROOM_BYTES: '99G',
      SURFACES_QUOTA_PERSON_BYTES: '99G',
    },
  });
  let database: Database | undefined;
  try {
    await stack.up();
    database = openDatabase(stack.stack.database_url, { namespace: 'surfaces', max: 2, applicationName: 'bench' });
    const residents: Resident[] = [];
    for (let index = 0; index < AT_ONCE; index++) residents.push(await stack.atHome(`person${index}`));
    const idle = memoryOf(stack).now;
    const files = new Files(stack, residents, database, join(stack.home, 'bench.bin'), mib);
    await files.prepare();
    const ms = { curlIn: 0, in: 0, curlOut: 0, out: 0 };
    for (let round = 0; round < rounds; round++) {
      ms.curlIn += await files.curlIn();
      ms.in += await files.in();
    }
    const afterIn = memoryOf(stack).most;
    await files.letAgentsMakeOne();
    for (let round = 0; round < rounds; round++) {
      ms.curlOut += await files.curlOut();
      ms.out += await files.out();
    }
    const afterOut = memoryOf(stack).most;
    const group = `Files, ${AT_ONCE} of ${mib} MiB at once, ${rounds} times`;
    const speed = (spent: number) => (AT_ONCE * mib * rounds) / (spent / 1_000);
    return [
      { group, name: 'attachment worker, RSS idle', value: idle / MIB, unit: 'MiB', limit: { most: 120 } },
      { group, name: 'in: RSS at most', value: afterIn / MIB, unit: 'MiB', limit: { most: 256 } },
      { group, name: 'in: speed', value: speed(ms.in), unit: 'MiB/s' },
      { group, name: 'in: speed beside curl', value: ms.curlIn / ms.in, unit: '×', limit: { least: 0.7 } },
      { group, name: 'in and out: RSS at most', value: afterOut / MIB, unit: 'MiB', limit: { most: 256 } },
      { group, name: 'out: speed, the copy included', value: speed(ms.out), unit: 'MiB/s' },
      { group, name: 'out: speed beside curl', value: ms.curlOut / ms.out, unit: '×', limit: { least: 0.7 } },
    ];
  } finally {
    await database?.close();
    await stack.end();
  }
}

/** The rounds, each of which returns how many milliseconds it took. */
class Files {
  readonly #stack: TestStack;
  readonly #residents: readonly Resident[];
  readonly #database: Database;
  readonly #path: string;
  readonly #mib: number;
  #mxc = '';
  #times = 0;

  constructor(stack: TestStack, residents: readonly Resident[], database: Database, path: string, mib: number) {
    this.#stack = stack;
    this.#residents = residents;
    this.#database = database;
    this.#path = path;
    this.#mib = mib;
  }

  /** The file, here and at the homeserver. */
  async prepare(): Promise<void> {
    const size = this.#mib * MIB;
    await pipeline(Readable.from(noise(size)), createWriteStream(this.#path));
    const response = await fetch(`${this.#base}/_matrix/media/v3/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-length': String(size) },
      body: Readable.toWeb(createReadStream(this.#path)) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    this.#mxc = ((await response.json()) as { content_uri: string }).content_uri;
  }

  async curlIn(): Promise<number> {
    const url = `${this.#base}/_matrix/client/v1/media/download/${this.#mxc.slice('mxc://'.length)}`;
    const ms = await together((index) => curl(this.#token, ['-o', `${this.#path}.${index}`, url]));
    for (let index = 0; index < AT_ONCE; index++) rmSync(`${this.#path}.${index}`);
    return ms;
  }

  /** From the first event in the record to the last file in its inbox. */
  async in(): Promise<number> {
    // A name of its own each time: under a name that is taken, what is there would be read and compared.
    this.#times += 1;
    const content = { msgtype: 'm.file', body: `bench-${this.#times}.bin`, url: this.#mxc };
    return this.#round(
      ({ person, home }) => person.send(home.room, 'm.room.message', content).then(({ eventId }) => eventId),
      (who, event) => who.untilAnswered(event, 300_000),
      `SELECT extract(epoch FROM max(f.created_at) - min(i.received_at))::float8 AS seconds
       FROM file_in f JOIN lane_item i ON i.key = f.event_id WHERE f.created_at > $1`,
    );
  }

  async curlOut(): Promise<number> {
    const url = `${this.#base}/_matrix/media/v3/upload`;
    return together(() => curl(this.#token, ['-X', 'POST', '-T', this.#path, '-o', '/dev/null', url]));
  }

  async letAgentsMakeOne(): Promise<void> {
    const text = `demo file out.bin size=${this.#mib}m`;
    await Promise.all(this.#residents.map((who) => who.ask(text, 300_000)));
  }

  /** Each sends its file once more by its number, so that no agent writes beside it: from the first wish to the last upload. */
  async out(): Promise<number> {
    await Promise.all(this.#residents.map((who) => who.command('!files')));
    return this.#round(
      (who) => who.say('1'),
      (who, event) => who.untilReplied(event, undefined, 300_000),
      `SELECT extract(epoch FROM max(done_at) - min(created_at))::float8 AS seconds FROM file_out WHERE created_at > $1`,
    );
  }

  async #round(
    begin: (who: Resident) => Promise<string>,
    end: (who: Resident, event: string) => Promise<unknown>,
    text: string,
  ): Promise<number> {
    execFileSync('sync');
    const [{ now }] = (await this.#database.run<{ now: Date }>({ name: 'bench_now', text: 'SELECT now()' })) as [
      { now: Date },
    ];
    const events = await Promise.all(this.#residents.map(begin));
    await Promise.all(events.map((event, index) => end(this.#residents[index]!, event)));
    const [row] = await this.#database.run<{ seconds: number }>({ name: `bench_${text.length}`, text }, [now]);
    return row!.seconds * 1_000;
  }

  get #base(): string {
    return this.#stack.stack.homeserver.url;
  }

  get #token(): string {
    return this.#residents[0]!.person.login.accessToken;
  }
}

/** Bytes that do not compress, one block at a time. */
function* noise(size: number): Generator<Buffer> {
  const stream = createCipheriv('aes-256-ctr', randomBytes(32), Buffer.alloc(16));
  const nothing = Buffer.alloc(MIB);
  for (let left = size; left > 0; left -= MIB) yield stream.update(nothing).subarray(0, left);
}

/** As many times as there are files, at once; on a disk that has caught up. @returns milliseconds until the last has ended. */
async function together(work: (index: number) => Promise<void>): Promise<number> {
  execFileSync('sync');
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(index)));
  return performance.now() - began;
}

function curl(token: string, args: readonly string[]): Promise<void> {
  const all = ['--silent', '--fail', '-H', `Authorization: Bearer ${token}`, ...args];
  const child = spawn('curl', all, { stdio: 'ignore' });
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
