import { SurfacesError } from '../errors/surfaces-error.ts';

/** Bytes; Linux’s PATH_MAX. */
const LONGEST_PATH = 4096;

/**
 * The parts of a path that an agent offers, by its text alone: relative, with `/` between the parts; `./` is left out.
 * @throws SurfacesError `file_outside`, whose message is for the agent’s developer.
 */
export function partsOf(path: string): string[] {
  const refuse = (why: string) => outside(path, why);
  if (path === '') throw refuse('is empty; offer a path relative to the workspace');
  if (Buffer.byteLength(path) > LONGEST_PATH) throw refuse(`is longer than ${LONGEST_PATH} bytes`);
  if (path.includes('\0')) throw refuse('has a NUL in it');
  if (path.includes('\\')) throw refuse('has a backslash in it; parts are separated by /');
  if (path.startsWith('/')) throw refuse('is absolute; offer it relative to the workspace');
  const parts = path.split('/');
  if (parts.includes('..')) throw refuse('has .. in it; only files of the workspace can be offered');
  if (parts.at(-1) === '' || parts.at(-1) === '.') throw refuse('names a folder; offer a file');
  return parts.filter((part) => part !== '' && part !== '.');
}

/** An offer that is refused. @param why goes on after the path: “is a link”. */
export function outside(path: string, why: string): SurfacesError {
  return new SurfacesError('file_outside', `${quoted(path)} ${why}`);
}

/** A file that cannot be had. @param why goes on after the path: “is not there”. */
export function unavailable(path: string, why: string, cause: unknown): SurfacesError {
  return new SurfacesError('file_unavailable', `${quoted(path)} ${why}`, { cause });
}

/** The path in a message: whatever an agent puts into it, the message stays one short line. */
export function quoted(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}
