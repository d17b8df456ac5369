import { randomUUID } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { bytes } from '../../../shared/texts/formats.ts';
import { PRIVATE_FILE_MODE } from '../../../shared/volume/layout.ts';
import type { Look } from './check.ts';
import type { Finding } from './finding.ts';

const NAME = 'Volume';
const FEW_NAMES = 10_000;

/** Whether files can be kept: a real one is written and removed, since rights alone do not tell of a full or read-only disk. */
export const lookAtVolume: Look<'AGENTS_DIR' | 'SURFACES_MAX_FILE_BYTES' | 'SURFACES_ENV'> = async (env) => {
  const folder = env.AGENTS_DIR;
  const probe = join(folder, `.doctor-${randomUUID()}`);
  try {
    await writeFile(probe, 'surfaces doctor\n', { mode: PRIVATE_FILE_MODE, flag: 'wx' });
    const { mode, uid, gid } = await stat(folder);
    const { bavail, bsize, files, ffree } = await statfs(folder);
    const free = bavail * bsize;
    return [
      spaceFinding(`${folder} can be written by uid ${process.getuid?.() ?? '?'}`, free, env.SURFACES_MAX_FILE_BYTES),
      ...(files > 0 && ffree < FEW_NAMES ? [NO_NAMES] : []),
      modeFinding({ mode, uid, gid }, folder, env.SURFACES_ENV === 'production'),
    ];
  } catch (error) {
    const { code = describe(error) } = error as NodeJS.ErrnoException;
    const remedy = 'mount it, and let the bot’s user or group read and write it (docs/FILES.md)';
    return [{ name: NAME, level: 'error', text: `${folder} cannot be used: ${code}`, remedy }];
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
};

const NO_NAMES: Finding = {
  name: NAME,
  level: 'warning',
  text: 'has hardly any inodes left, whatever space there is',
  remedy: 'remove files, or make the file system anew with more',
};

export function spaceFinding(what: string, free: number, largestFile: number): Finding {
  const text = `${what}, ${bytes('en', free)} free`;
  if (free >= 2 * largestFile) return { name: NAME, level: 'ok', text };
  const remedy = 'free some space: files are refused when there is none (docs/FILES.md)';
  return { name: NAME, level: 'warning', text, remedy };
}

/** Against the scheme of docs/FILES.md: `chown bot:agents DIR && chmod 3770 DIR`. */
export function modeFinding(
  { mode, uid, gid }: { readonly mode: number; readonly uid: number; readonly gid: number },
  folder: string,
  production: boolean,
): Finding {
  const has = (bits: number) => (mode & bits) === bits;
  const owner = `owner ${uid}:${gid}, mode ${(mode & 0o7777).toString(8)}`;
  const wrong = [
    ...((mode & 0o007) === 0 ? [] : ['anybody on the machine may look into it']),
    ...(has(0o070) ? [] : ['its group, by which agents of another user get in, may not write']),
    ...(has(0o2000) ? [] : ['what is made in it does not get its group (no setgid bit)']),
  ];
  // A stack of one person on one machine needs none of this.
  if (wrong.length === 0 || !production) return { name: NAME, level: 'ok', text: owner };
  const remedy = `docs/FILES.md says why:\n$ chown bot:agents ${folder} && chmod 3770 ${folder}`;
  return { name: NAME, level: 'warning', text: `${owner}: ${wrong.join('; ')}`, remedy };
}
