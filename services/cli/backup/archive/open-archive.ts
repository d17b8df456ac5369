import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createZstdDecompress } from 'node:zlib';
import { describe } from '../../../../shared/errors/surfaces-error.ts';
import {
  Digests,
  MANIFEST,
  type Manifest,
  OPENING,
  type Opening,
  partOf,
  readManifest,
  readOpening,
} from './archive-shape.ts';
import { Damaged } from './damaged.ts';
import { BLOCK, padding, readRecords, readTarBlock, type TarEntry } from './tar-entry.ts';

/** Entries that are read into memory are no larger: 250 rows of a table, or what the archive says of itself. */
const MOST_IN_MEMORY = 256 * 1024 ** 2;

/** An entry on its way past. Its content is read before the next one is asked for, or skipped. */
export type ArchivedEntry = TarEntry & {
  content(): AsyncGenerator<Buffer, void, void>;
  text(): Promise<string>;
};

export type OpenArchive = {
  readonly opening: Opening;
  /**
   * Shows everything between opening and manifest, in order, once. None of it is to be believed before this has ended: only
   * then it was compared. @throws Damaged; what `visit` throws.
   */
  read(visit: (entry: ArchivedEntry) => Promise<void>): Promise<Manifest>;
  close(): void;
};

/** @throws Damaged; Refused for an archive of a later format; errno where the file cannot be read. */
export async function openArchive(path: string): Promise<OpenArchive> {
  const file = createReadStream(path, { highWaterMark: 1024 ** 2 });
  const plain = createZstdDecompress();
  pipeline(file, plain, () => {});
  const bytes = new ByteSource(plain);
  const close = () => {
    file.destroy();
    plain.destroy();
  };
  const digests = new Digests();
  try {
    const first = await nextEntry(bytes, digests);
    if (first?.path !== OPENING) throw new Damaged('it is no backup of surfaces');
    const opening = readOpening(await first.text());
    return { opening, close, read: (visit) => readEntries(bytes, { digests, opening, visit }) };
  } catch (error) {
    close();
    throw error;
  }
}

type Reading = {
  readonly digests: Digests;
  readonly opening: Opening;
  readonly visit: (entry: ArchivedEntry) => Promise<void>;
};

async function readEntries(bytes: ByteSource, { digests, opening, visit }: Reading): Promise<Manifest> {
  const tables = new Set(opening.tables.map(({ name }) => name));
  for (;;) {
    const entry = await nextEntry(bytes, digests);
    if (!entry) throw new Damaged('it is not whole: its end is missing');
    if (entry.path === MANIFEST) {
      const manifest = readManifest(await entry.text());
      compare(opening, manifest, digests);
      return manifest;
    }
    const part = partOf(entry.path);
    if (!part || (part !== 'volume' && !tables.has(part.table)))
      throw new Damaged(`it holds ${JSON.stringify(entry.path)}, which belongs to nothing`);
    if (entry.path.split('/').some((name) => ['', '.', '..'].includes(name)) || entry.path.includes('\0'))
      throw new Damaged(`it holds the path ${JSON.stringify(entry.path)}, which leads elsewhere`);
    await visit(entry);
    await entry.skip();
  }
}

function compare(opening: Opening, manifest: Manifest, digests: Digests): void {
  if (manifest.id !== opening.id) throw new Damaged('its end belongs to another backup');
  for (const { name } of opening.tables)
    if (digests.ofTable(name) !== manifest.tables[name]?.sha256)
      throw new Damaged(`the rows of the table ${name} are not those that were written`);
  if (digests.ofVolume() !== manifest.volume.sha256)
    throw new Damaged('the files of the volume are not those that were written');
}

async function nextEntry(
  bytes: ByteSource,
  digests: Digests,
): Promise<(ArchivedEntry & { skip(): Promise<void> }) | undefined> {
  let head = await bytes.read(BLOCK);
  let found = readTarBlock(head);
  if (!found) return undefined;
  let changes: Partial<TarEntry> = {};
  if (found.type === 'x') {
    const body = await bytes.read(whole(found.size));
    const next = await bytes.read(BLOCK);
    changes = readRecords(body.subarray(0, found.size));
    head = Buffer.concat([head, body, next]);
    found = readTarBlock(next);
    if (!found) throw new Damaged('it is not whole: an entry is missing');
  }
  const { type, ...plain } = found;
  if (!['0', '2', '5'].includes(type)) throw new Damaged('it holds something that no backup holds');
  const entry: TarEntry = { ...plain, ...changes };
  digests.add(entry.path, head);
  let left = entry.size;
  const content = async function* () {
    while (left > 0) {
      const chunk = await bytes.some(left);
      left -= chunk.length;
      digests.add(entry.path, chunk);
      if (left === 0) digests.add(entry.path, await bytes.read(padding(entry.size).length));
      yield chunk;
    }
  };
  return {
    ...entry,
    content,
    async text() {
      if (entry.size > MOST_IN_MEMORY) throw new Damaged(`${entry.path} is larger than it can be`);
      return (await buffer(content())).toString('utf8');
    },
    async skip() {
      for await (const _ of content());
    },
  };
}

function whole(size: number): number {
  if (size > MOST_IN_MEMORY) throw new Damaged('an extended header is larger than it can be');
  return size + padding(size).length;
}

/** A stream that is read by the number of bytes. */
class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** At least one byte, at most so many. @throws Damaged at the end. */
  async some(most: number): Promise<Buffer> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#next();
      if (done) throw new Damaged('it is not whole: it ends in the middle');
      this.#rest = value;
    }
    const chunk = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(chunk.length);
    return chunk;
  }

  /** What the decompression does not understand is damage; what the file system says is not. */
  async #next(): Promise<IteratorResult<Buffer>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
      throw new Damaged(`it is no backup of surfaces, or not whole: ${describe(error)}`, { cause: error });
    }
  }

  async read(size: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let left = size; left > 0; ) {
      const chunk = await this.some(left);
      left -= chunk.length;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}
