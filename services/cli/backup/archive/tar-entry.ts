import { Damaged } from './damaged.ts';

/** A file, folder or link of a tar archive. */
export type TarEntry = {
  /** Bytes as latin1, since a name in a workspace need not be UTF-8. No slash in front, none at the end. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content that follow; 0 but for files. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Where a link leads: bytes as latin1. */
  readonly target?: string;
};

export const BLOCK = 512;
const KINDS = { file: '0', link: '2', folder: '5' } as const;
const MOST_OCTAL = { 8: 0o7777777, 12: 0o77777777777 } as const;

/** What stands before the content of an entry: POSIX.1-2001 (pax), which every tar of today reads. */
export function tarHeader(entry: TarEntry): Buffer {
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
  const seconds = Math.floor(entry.mtimeMs / 1000);
  const isWhole = seconds * 1000 === entry.mtimeMs && seconds >= 0;
  const fields = {
    path: path.length > 100 ? path : undefined,
    linkpath: (entry.target?.length ?? 0) > 100 ? entry.target : undefined,
    size: entry.size > MOST_OCTAL[12] ? entry.size : undefined,
    uid: entry.uid > MOST_OCTAL[8] ? entry.uid : undefined,
    gid: entry.gid > MOST_OCTAL[8] ? entry.gid : undefined,
    mtime: isWhole && seconds <= MOST_OCTAL[12] ? undefined : (entry.mtimeMs / 1000).toFixed(3),
  };
  const told = Object.entries(fields).filter(([, value]) => value !== undefined);
  const records = told.map(([name, value]) => record(`${name}=${value}\n`)).join('');
  const header = block({ ...entry, path, mtimeMs: Math.max(0, seconds) * 1000 }, KINDS[entry.kind]);
  if (records === '') return header;
  const body = Buffer.from(records, 'latin1');
  const extended = { path: 'pax', kind: 'file', mode: 0o600, uid: 0, gid: 0, size: body.length, mtimeMs: 0 } as const;
  return Buffer.concat([block(extended, 'x'), body, padding(body.length), header]);
}

/** From the end of an entry’s content to where the next one begins. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** Two empty blocks. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** @returns what the block says, or undefined for an empty one. @throws for what is no header. */
export function readTarBlock(bytes: Buffer): (TarEntry & { readonly type: string }) | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined;
  if (number(bytes, 148, 8) !== checksum(bytes))
    throw new Damaged('it is no backup of surfaces, or a header in it is damaged');
  const type = text(bytes, 156, 1);
  const kind = type === KINDS.folder ? 'folder' : type === KINDS.link ? 'link' : 'file';
  return {
    type,
    kind,
    path: text(bytes, 0, 100).replace(/\/$/, ''),
    mode: number(bytes, 100, 8) & 0o7777,
    uid: number(bytes, 108, 8),
    gid: number(bytes, 116, 8),
    size: number(bytes, 124, 12),
    mtimeMs: number(bytes, 136, 12) * 1000,
    ...(kind === 'link' && { target: text(bytes, 157, 100) }),
  };
}

/** What the records of an extended header change in the entry behind them. */
export function readRecords(body: Buffer): Partial<TarEntry> {
  const changes: { -readonly [Key in keyof TarEntry]?: TarEntry[Key] } = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, space));
    if (space < 0 || !(length > 0)) throw new Damaged('an extended header in it is damaged');
    const [name, ...rest] = body.toString('latin1', space + 1, at + length - 1).split('=');
    const value = rest.join('=');
    if (name === 'path') changes.path = value.replace(/\/$/, '');
    else if (name === 'linkpath') changes.target = value;
    else if (name === 'mtime') changes.mtimeMs = Math.round(Number(value) * 1000);
    else if (name === 'size' || name === 'uid' || name === 'gid') changes[name] = Number(value);
    at += length;
  }
  return changes;
}

function block(entry: TarEntry, type: string): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: 8 | 12) =>
    bytes.write(
      `${Math.min(value, MOST_OCTAL[width])
        .toString(8)
        .padStart(width - 1, '0')}\0`,
      at,
      'latin1',
    );
  bytes.write(entry.path.slice(0, 100), 0, 'latin1');
  octal(entry.mode, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(entry.size, 124, 12);
  octal(entry.mtimeMs / 1000, 136, 12);
  bytes.write(type, 156, 'latin1');
  bytes.write((entry.target ?? '').slice(0, 100), 157, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write(`${checksum(bytes).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** The sum of all bytes, with spaces in the place of the sum itself. */
function checksum(bytes: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of bytes.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

/** `length name=value\n`, where the length counts its own digits. */
function record(rest: string): string {
  let length = rest.length + 2;
  while (`${length} ${rest}`.length !== length) length += 1;
  return `${length} ${rest}`;
}

function text(bytes: Buffer, at: number, width: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('latin1', at, end < 0 || end > at + width ? at + width : end);
}

function number(bytes: Buffer, at: number, width: number): number {
  return Number.parseInt(text(bytes, at, width).trim() || '0', 8);
}
