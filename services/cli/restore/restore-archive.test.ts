import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readMigrations } from '../../../shared/store/migrations.ts';
import { beginIncoming } from '../../../shared/volume/incoming-file.ts';
import { Damaged } from '../backup/archive/damaged.ts';
import { BLOCK } from '../backup/archive/tar-entry.ts';
import { verifyArchive } from '../backup/verify.ts';
import { Refused } from '../reset/refused.ts';
import { NEVER, TestPlace } from './test-restore.ts';

const SESSION = `chat-${'0'.repeat(26)}`;
const OTHER = `chat-${'1'.repeat(26)}`;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function put(place: TestPlace, path: string, content: string | Buffer = path): string {
  const full = join(place.agentsDir, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, content);
  return full;
}

/** Every name beneath a folder, with what can be seen of it. */
function seen(root: string, way = ''): Record<string, string> {
  const found: Record<string, string> = {};
  const names = readdirSync(Buffer.from(join(root, way), 'latin1'), { encoding: 'latin1' as never }) as string[];
  for (const name of names) {
    const path = way === '' ? name : `${way}/${name}`;
    const full = Buffer.from(`${root}/${path}`, 'latin1');
    const stats = lstatSync(full);
    const mode = (stats.mode & 0o7777).toString(8);
    const time = Math.floor(stats.mtimeMs);
    if (stats.isSymbolicLink()) found[path] = `→ ${readlinkSync(full)} ${time}`;
    else if (stats.isDirectory()) Object.assign(found, { [`${path}/`]: `${mode} ${time}` }, seen(root, path));
    else found[path] = `${mode} ${time} ${sha256(readFileSync(full))}`;
  }
  return found;
}

/** A place with a bit of everything. */
async function lived(): Promise<TestPlace> {
  const place = await TestPlace.make();
  await place.query("INSERT INTO lane_cursor (source, token, position) VALUES ('matrix/@bot:b.org', 's7', 3)");
  await place.query("INSERT INTO room (room_id, kind, owner, session_id) VALUES ('!r:b', 'chat', '@ann:b', $1)", [
    SESSION,
  ]);
  put(place, `${SESSION}/inbox/a.txt`);
  put(place, `${SESSION}/empty`, '');
  put(place, `.host/sessions/${SESSION}/session.json`, '{}');
  return place;
}

const rowsOf = (place: TestPlace) => place.query('SELECT token FROM lane_cursor');

describe('restored into nothing', () => {
  test('rows and files are there as they were: contents, modes, times, links, and any name', async () => {
    await using from = await lived();
    await using into = await TestPlace.make([]);
    put(from, `${SESSION}/large.bin`, Buffer.alloc(3 * 1024 ** 2 + 7, 'x'));
    put(from, `${SESSION}/${'long/'.repeat(30)}${'n'.repeat(200)} é.txt`);
    writeFileSync(
      Buffer.concat([Buffer.from(`${from.agentsDir}/${SESSION}/no-utf8-`), Buffer.from([0xff, 0xfe])]),
      'bytes',
    );
    put(from, `${SESSION}/cache/read-only.js`);
    chmodSync(join(from.agentsDir, SESSION, 'cache/read-only.js'), 0o440);
    chmodSync(join(from.agentsDir, SESSION, 'cache'), 0o550);
    chmodSync(join(from.agentsDir, SESSION), 0o2770);
    symlinkSync('/etc/passwd', join(from.agentsDir, SESSION, 'out'));
    symlinkSync('t'.repeat(150), join(from.agentsDir, SESSION, 'long-link'));
    utimesSync(join(from.agentsDir, SESSION, 'empty'), 1_700_000_000.25, 1_700_000_000.25);
    put(from, `${SESSION}/inbox/.0123.abcd.part`, 'unfinished');
    put(from, 'notes.txt', 'not ours');
    chmodSync(from.agentsDir, 0o3770);
    const file = await from.backup();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const restored = await into.restore(file);
    const expected = seen(from.agentsDir);
    delete expected['notes.txt'];
    delete expected[`${SESSION}/inbox/.0123.abcd.part`];
    expect(seen(into.agentsDir)).toEqual(expected);
    expect(statSync(into.agentsDir).mode & 0o7777).toBe(0o3770);
    expect(await rowsOf(into)).toEqual([{ token: 's7' }]);
    expect(restored.opening).toMatchObject({ bots: ['@bot:b.org'], servers: ['b.org'] });
    expect(restored.manifest.volume).toMatchObject({
      workspaces: 1,
      agentHost: true,
      files: 7,
      foreign: ['notes.txt'],
    });
    expect(restored.manifest.tables.room).toMatchObject({ rows: 1 });
  });

  test('of an earlier version: as it was, and then migrated', async () => {
    const [first, ...later] = readMigrations();
    await using from = await TestPlace.make([first!]);
    mkdirSync(from.agentsDir);
    await from.query("INSERT INTO person (user_id) VALUES ('@ann:b')");
    const file = await from.backup();
    await using into = await TestPlace.make([]);
    expect((await into.restore(file)).migrated).toEqual(later.map(({ name }) => name));
    expect(await into.query('SELECT user_id, writes FROM person')).toEqual([{ user_id: '@ann:b', writes: null }]);
  });
});

describe('backed up while everybody works', () => {
  test('each file that the database names is there; what came later is nobody’s', async () => {
    await using from = await lived();
    await using into = await TestPlace.make([]);
    const workspace = join(from.agentsDir, SESSION);
    const working = await from.connect();
    let sent = 0;
    const receive = async () => {
      const content = Buffer.alloc(2_000, String(sent));
      const incoming = await beginIncoming(workspace, `$${sent}`);
      await incoming.write(content);
      const { path, sha256 } = await incoming.settle('report.txt');
      await working.query(
        `INSERT INTO file_in (event_id, room_id, sender, position, name, workspace, path, size, sha256)
           VALUES ($1, '!r:b', '@ann:b', $2, 'report.txt', $3, $4, 2000, $5)`,
        [`$${sent}`, sent, SESSION, path, sha256],
      );
      sent += 1;
    };
    for (let index = 0; index < 20; index += 1) await receive();
    // A file with every piece of the archive, before and after the database is seen.
    const file = await from.backup(receive);
    await into.restore(file);
    const named = await into.query<{ path: string; sha256: string }>('SELECT path, sha256 FROM file_in');
    expect(named.length).toBeGreaterThanOrEqual(20);
    expect(named.length).toBeLessThan(sent);
    for (const { path, sha256: hash } of named)
      expect(sha256(readFileSync(join(into.agentsDir, SESSION, path)))).toBe(hash);
  });

  test('a log that grows is there up to a moment, a file that is rewritten in one of its states, and what goes is left out', async () => {
    await using from = await lived();
    await using into = await TestPlace.make([]);
    const log = put(from, `.host/sessions/${SESSION}/turns/t.jsonl`, '{"seq":0}\n');
    const rewritten = put(from, `${SESSION}/state.bin`, Buffer.alloc(2 * 1024 ** 2, 'a'));
    const going = put(from, `${SESSION}/zz-going/file`, 'x');
    let turn = 0;
    const file = await from.backup(async (piece) => {
      turn += 1;
      appendFileSync(log, `{"seq":${turn}}\n`);
      // Between its first half and its second.
      if (piece.length !== 1024 ** 2 || piece[0] !== 0x61) return;
      rmSync(join(going, '..'), { recursive: true, force: true });
      writeFileSync(rewritten, Buffer.alloc(2 * 1024 ** 2, 'b'));
    });
    const { manifest } = await into.restore(file);
    expect(manifest.volume).toMatchObject({ changing: [], unreadable: [] });
    const lines = readFileSync(join(into.agentsDir, `.host/sessions/${SESSION}/turns/t.jsonl`), 'utf8').split('\n');
    expect(lines.slice(0, 2)).toEqual(['{"seq":0}', '{"seq":1}']);
    expect(new Set(readFileSync(join(into.agentsDir, SESSION, 'state.bin'))).size).toBe(1);
  });

  test('a file that changes all the time is told', async () => {
    await using from = await lived();
    const busy = put(from, `${SESSION}/busy.bin`, Buffer.alloc(2 * 1024 ** 2));
    const file = await from.backup(async () => appendFileSync(busy, 'x'));
    const { manifest } = await verifyArchive(file, NEVER);
    expect(manifest.volume.changing).toEqual([`${SESSION}/busy.bin`]);
  });
});

describe('where something is already', () => {
  test('it is refused, and with `replace` goes; what is not ours stays', async () => {
    await using from = await lived();
    await using into = await TestPlace.make();
    const file = await from.backup();
    put(into, `${OTHER}/old.txt`);
    put(into, 'notes.txt');
    await expect(into.restore(file)).rejects.toThrow(Refused);
    rmSync(join(into.agentsDir, OTHER), { recursive: true });
    await into.query("INSERT INTO person (user_id) VALUES ('@old:b')");
    await expect(into.restore(file)).rejects.toThrow('1 row in the schema');
    put(into, `${OTHER}/old.txt`);
    const asked: string[] = [];
    await into.restore(file, { replace: true, confirm: async (what) => void asked.push(what) });
    expect(asked[0]).toMatch(/1 row.*1 workspace/);
    expect(readdirSync(into.agentsDir).sort()).toEqual(['.host', SESSION, 'notes.txt']);
    expect(await into.query('SELECT FROM person')).toEqual([]);
    expect(await rowsOf(into)).toEqual([{ token: 's7' }]);
  });

  test('not asked for, not found whole, or interrupted anywhere: all is as it was, and it may be run again', async () => {
    await using from = await lived();
    for (let index = 0; index < 600; index += 1)
      await from.query('INSERT INTO told (scope, person, code, key) VALUES ($1, $1, $1, $1)', [String(index)]);
    const file = await from.backup();
    await using into = await TestPlace.make();
    put(into, `${OTHER}/old.txt`);
    await into.query("INSERT INTO person (user_id) VALUES ('@old:b')");
    const before = seen(into.agentsDir);
    const unchanged = async () => {
      expect(seen(into.agentsDir)).toEqual(before);
      expect(await into.query('SELECT user_id FROM person')).toEqual([{ user_id: '@old:b' }]);
      expect(await rowsOf(into)).toEqual([]);
    };
    const no = async () => {
      throw new Refused('no');
    };
    await expect(into.restore(file, { replace: true, confirm: no })).rejects.toThrow('no');
    await unchanged();
    await expect(into.restore(file, { replace: true, checkNobody: no })).rejects.toThrow('no');
    await unchanged();
    // A byte of a file, the last thing before the end.
    const plain = zstdDecompressSync(readFileSync(file));
    plain[plain.lastIndexOf('inbox/a.txt')] = 0x58;
    writeFileSync(`${file}.damaged`, zstdCompressSync(plain));
    await expect(into.restore(`${file}.damaged`, { replace: true })).rejects.toThrow(Damaged);
    await unchanged();
    await using nowhere = await TestPlace.make([]);
    await expect(nowhere.restore(`${file}.damaged`)).rejects.toThrow(Damaged);
    expect(existsSync(nowhere.agentsDir)).toBe(false);
    for (const at of [1, 300, 601]) {
      const stop = new AbortController();
      let rows = 0;
      const progress = {
        files: 0,
        get rows() {
          return rows;
        },
        set rows(value) {
          rows = value;
          if (value >= at) stop.abort(new Error('interrupted'));
        },
      };
      await expect(into.restore(file, { replace: true, progress, signal: stop.signal })).rejects.toThrow('interrupted');
      await unchanged();
    }
    await into.restore(file, { replace: true });
    expect(await rowsOf(into)).toEqual([{ token: 's7' }]);
  });

  test('two at once: the second one is refused, and takes nothing away', async () => {
    await using from = await lived();
    const file = await from.backup();
    await using into = await TestPlace.make([]);
    let second: unknown;
    await into.restore(file);
    await into.restore(file, {
      replace: true,
      confirm: async () => {
        second = await into.restore(file, { replace: true }).catch((error: unknown) => error);
      },
    });
    expect(second).toEqual(new Refused('another restore is at work.'));
    expect(await rowsOf(into)).toEqual([{ token: 's7' }]);
  });
});

describe('a backup is looked at to its end', () => {
  test('whole, it says what is in it', async () => {
    await using from = await lived();
    const { opening, manifest, obstacle } = await verifyArchive(await from.backup(), NEVER);
    expect(obstacle).toBeUndefined();
    expect(opening.migrations.map(({ name }) => name)).toEqual(readMigrations().map(({ name }) => name));
    expect(manifest.volume.files).toBe(3);
  });

  test('cut anywhere, or with any byte changed, it is not whole', async () => {
    await using from = await lived();
    const file = await from.backup();
    const bytes = readFileSync(file);
    const broken = `${file}.broken`;
    for (let part = 0; part < 20; part += 1) {
      writeFileSync(broken, bytes.subarray(0, Math.floor((bytes.length * part) / 20)));
      await expect(verifyArchive(broken, NEVER), `cut at ${part}`).rejects.toThrow(Damaged);
    }
    const plain = zstdDecompressSync(bytes);
    const end = plain.lastIndexOf('manifest.json');
    const opening = BLOCK + Math.ceil(plain.indexOf('\n}\n') / BLOCK) * BLOCK;
    for (let at = opening; at < end; at += 97) {
      const changed = Buffer.from(plain);
      changed[at]! ^= 0x20;
      writeFileSync(broken, zstdCompressSync(changed));
      await expect(verifyArchive(broken, NEVER), `byte ${at}`).rejects.toThrow(Damaged);
    }
    writeFileSync(broken, 'something else');
    await expect(verifyArchive(broken, NEVER)).rejects.toThrow(Damaged);
    await expect(verifyArchive(`${file}.none`, NEVER)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('of a later format, or a later version of the database, it is refused, naming both', async () => {
    await using from = await lived();
    await using into = await TestPlace.make([]);
    const file = await from.backup();
    const plain = zstdDecompressSync(readFileSync(file));
    const later = (find: string, put: string) => {
      const changed = Buffer.from(plain);
      changed.write(put, changed.indexOf(find), 'latin1');
      writeFileSync(`${file}.later`, zstdCompressSync(changed));
      return `${file}.later`;
    };
    await expect(into.restore(later('"format": 1', '"format": 9'))).rejects.toThrow(/format 9.*up to 1/);
    const last = readMigrations().at(-1)!.name;
    const unknown = last.replace(/^\d{4}/, '2999');
    const restoring = into.restore(later(last, unknown));
    await expect(restoring).rejects.toThrow(Refused);
    await expect(restoring).rejects.toThrow(new RegExp(`${unknown}.*${last}`));
    expect(existsSync(into.agentsDir)).toBe(false);
  });
});
