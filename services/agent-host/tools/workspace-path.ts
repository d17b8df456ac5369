import { z } from '../../../shared/config/zod.ts';
import { partsOf } from '../../../shared/volume/offered-path.ts';

/** Characters of any path; more cannot be offered to a person either. */
export const LONGEST_PATH = 512;
/** Characters of a path that is written: a person is asked about it, and has to see all of it. */
const LONGEST_WRITTEN = 255;
/** Folders above a file that is written. */
const DEEPEST = 16;

const RULE =
  'must be relative to the workspace, such as "notes.md" or "folder/notes.md": not empty, no "/" in front or at the end, no "..", no backslash, no NUL';
const FOLDER_RULE =
  'must be a folder relative to the workspace, such as "inbox" or "a/b": no "/" in front, no "..", no backslash, no NUL';
const WRITTEN_RULE = `must be a path that a person can read: at most ${LONGEST_WRITTEN} characters in at most ${DEEPEST} folders, none of them invisible`;

/**
 * What an eye does not see, or takes for a plain space or another line: controls, direction overrides, fillers, line ends,
 * and the empty Braille cell, which Unicode counts as a picture.
 */
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Z}/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu');
const PLAIN = /^[\p{L}\p{N}\p{M}._/+@=-]+$/u;

/**
 * The path of a file by its text alone, as a model may give it: `./a//b.txt` becomes `a/b.txt`. What lies there, and whether a
 * link leads out, is told when it is opened.
 */
export const filePath = z
  .string()
  .max(LONGEST_PATH)
  .transform((path, context) => judged(path, RULE, context)?.join('/') ?? z.NEVER);

/** The names of the folders on the way; none for the workspace itself, which is `` or `.`. */
export const folderPath = z
  .string()
  .max(LONGEST_PATH)
  .transform((path, context) =>
    path === '' ? [] : (judged(`${path}/file`, FOLDER_RULE, context)?.slice(0, -1) ?? z.NEVER),
  );

/** A path at which a file may be made. */
export const writtenPath = filePath.refine(
  (path) => path.length <= LONGEST_WRITTEN && path.split('/').length <= DEEPEST + 1 && !INVISIBLE.test(path),
  { error: WRITTEN_RULE },
);

function judged(path: string, rule: string, context: z.RefinementCtx): string[] | undefined {
  try {
    // Half of a surrogate pair would be another name on the disk than in the offer.
    if (path.isWellFormed()) return partsOf(path);
  } catch {}
  context.addIssue({ code: 'custom', message: rule });
  return undefined;
}

/**
 * A path for people and models to read: one line in which everything is visible; as a JSON string where it could be taken for
 * more than a path, so that a model that copies it gives the path itself.
 * @param most characters; the rest is cut. Enough without it for all of what may be written.
 */
export function shownPath(path: string, most = LONGEST_WRITTEN): string {
  const short = path.length > most ? `${path.slice(0, most)}…`.toWellFormed() : path;
  if (PLAIN.test(path) && !INVISIBLE.test(path)) return short;
  return JSON.stringify(short).replace(EVERY_INVISIBLE, escaped);
}

function escaped(invisible: string): string {
  const units = invisible.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}
