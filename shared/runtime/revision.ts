import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const DIGITS = 12;

/** The commit that runs: the file `REVISION` beside package.json, which an image brings, or what git has checked out; else `unknown`. */
export function revision(root: URL = ROOT): string {
  const read = (name: string): string => {
    try {
      return readFileSync(new URL(name, root), 'utf8').trim();
    } catch {
      return '';
    }
  };
  const head = read('REVISION') || read('.git/HEAD');
  const branch = /^ref: (\S+)$/.exec(head)?.[1];
  const packed = () => read('.git/packed-refs').match(new RegExp(`^([0-9a-f]+) ${branch}$`, 'm'))?.[1] ?? '';
  const commit = branch === undefined ? head : read(`.git/${branch}`) || packed();
  return /^[0-9a-f]{7,64}$/.test(commit) ? commit.slice(0, DIGITS) : 'unknown';
}
