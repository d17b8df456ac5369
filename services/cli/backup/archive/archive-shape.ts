import { createHash, type Hash } from 'node:crypto';
import { z } from '../../../../shared/config/zod.ts';
import { Refused } from '../../reset/refused.ts';
import { Damaged } from './damaged.ts';

/** Of the archive, not of the database in it: raised when older code could not read it. */
export const FORMAT = 1;

/** The first entry: what the archive is, known before anything of it was read. */
export const OPENING = 'surfaces-backup.json';
/** The last entry: what there has to be. An archive without it is not whole. */
export const MANIFEST = 'manifest.json';
export const DATABASE = 'database/';
export const VOLUME = 'volume';

const openingSchema = z.object({
  format: z.number(),
  product: z.string(),
  id: z.string(),
  /** When the database was seen as it is in here. */
  at: z.string(),
  namespace: z.string(),
  bots: z.array(z.string()),
  servers: z.array(z.string()),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
  sequences: z.array(z.object({ name: z.string(), last: z.string() })),
});
const partSchema = z.object({ sha256: z.string() });
const manifestSchema = z.object({
  id: z.string(),
  finishedAt: z.string(),
  tables: z.record(z.string(), partSchema.extend({ rows: z.number() })),
  volume: partSchema.extend({
    workspaces: z.number(),
    /** Whether the reference agent host’s sessions, turns and snapshots were there. */
    agentHost: z.boolean(),
    files: z.number(),
    bytes: z.number(),
    /** Names in the folder that are none of ours, and were left out. */
    foreign: z.array(z.string()),
    /** Files that may not be read, and are not in the archive; those that changed all the time they were read. */
    unreadable: z.array(z.string()),
    changing: z.array(z.string()),
  }),
});
export type Opening = z.infer<typeof openingSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** @throws Damaged; Refused for a later format, whatever else stands in it. */
export function readOpening(text: string): Opening {
  const value = parsed(text);
  const { format, product } = value as { format?: unknown; product?: unknown };
  if (typeof format === 'number' && format > FORMAT)
    throw new Refused(
      `it has the format ${format}, written by surfaces ${product}; this version reads formats up to ${FORMAT}. Use that version.`,
    );
  return fitting(openingSchema.safeParse(value));
}

/** @throws Damaged */
export function readManifest(text: string): Manifest {
  return fitting(manifestSchema.safeParse(parsed(text)));
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new Damaged('what it says of itself is no JSON', { cause: error });
  }
}

function fitting<T>(result: { readonly data?: T; readonly error?: Error }): T {
  if (result.data === undefined)
    throw new Damaged('what it says of itself is not what a backup says', { cause: result.error });
  return result.data;
}

/** `database/lane_item/000001.jsonl` */
export function rowsPath(table: string, number: number): string {
  return `${DATABASE}${encodeURIComponent(table)}/${String(number).padStart(6, '0')}.jsonl`;
}

/** The table whose rows an entry holds; the volume; or undefined for what belongs to neither. */
export function partOf(path: string): { readonly table: string } | 'volume' | undefined {
  if (path === VOLUME || path.startsWith(`${VOLUME}/`)) return 'volume';
  const [, name] = /^database\/([^/]+)\/\d+\.jsonl$/.exec(path) ?? [];
  return name === undefined ? undefined : { table: decodeURIComponent(name) };
}

/** Hashes of the parts: over headers and contents of their entries, so that a changed mode or name shows as well. */
export class Digests {
  readonly #hashes = new Map<string, Hash>();

  add(path: string, bytes: Buffer): void {
    const part = partOf(path);
    if (!part) return;
    const key = part === 'volume' ? 'volume' : `table ${part.table}`;
    const hash = this.#hashes.get(key) ?? createHash('sha256');
    this.#hashes.set(key, hash);
    hash.update(bytes);
  }

  /** Of a part without any entry: the hash of nothing. Each is asked for once. */
  ofTable(table: string): string {
    return (this.#hashes.get(`table ${table}`) ?? createHash('sha256')).digest('hex');
  }

  ofVolume(): string {
    return (this.#hashes.get('volume') ?? createHash('sha256')).digest('hex');
  }
}
