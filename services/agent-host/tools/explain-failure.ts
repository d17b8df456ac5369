import type { ErrorCode } from '../../../shared/errors/codes.ts';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import { errnoOf } from '../../../shared/volume/folder.ts';
import { volumeProblem } from '../../../shared/volume/volume-error.ts';

const NO_FILE = 'There is no such file; list_files shows what is there.';
const NOT_ALLOWED = 'The access rights of the workspace do not allow it; tell the person.';
const NO_FOLDER = 'A part of this path is a file or a link, not a folder; list_files shows what is there.';

const BY_CODE: Partial<Record<ErrorCode, string>> = {
  file_unavailable: NO_FILE,
  file_outside:
    'This is not a plain file of the workspace: it is a folder, a link, a device, or a file with a second hard link, or the path leads through one. list_files shows the files that can be used.',
  file_changed: 'The file is being written to; try again in a few seconds, once it is whole.',
  volume_full: 'It did not work, because the disk is full; tell the person.',
  volume_unwritable: 'It did not work, because the workspace cannot be written to at present; tell the person.',
};

const BY_ERRNO: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such folder; list_files without a folder shows what is there.',
  ENOTDIR: NO_FOLDER,
  ELOOP: NO_FOLDER,
  EISDIR: 'Nothing was written: a folder has this name; choose another one.',
  ENAMETOOLONG: 'A name in this path is too long; choose a shorter one.',
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
};

/**
 * What a model is told of a failure, and what it can do next. It names no place outside of the workspace.
 * @returns `undefined` for what is a defect of ours, or a turn that was cancelled.
 */
export function explainFailure(error: unknown): string | undefined {
  const byErrno = error instanceof SurfacesError ? undefined : BY_ERRNO[errnoOf(error) ?? ''];
  if (byErrno) return byErrno;
  const known = error instanceof SurfacesError ? error : volumeProblem(error);
  if (!known) return undefined;
  const isThere = known.code === 'file_unavailable' && !['ENOENT', 'ENAMETOOLONG'].includes(errnoOf(known.cause) ?? '');
  return isThere ? 'The file is there, but cannot be read; tell the person.' : BY_CODE[known.code];
}
