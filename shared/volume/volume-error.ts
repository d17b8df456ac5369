import { SurfacesError } from '../errors/surfaces-error.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const UNWRITABLE: Readonly<Record<string, string>> = {
  EROFS: 'it is mounted read-only',
  EACCES: 'its modes do not allow it',
  EPERM: 'its owner, or its file system, does not allow it',
  ENOENT: 'it is not there',
  ENOTDIR: 'it is a link, or no folder',
  ELOOP: 'it is a link',
  EIO: 'the disk reports errors',
  ESTALE: 'the network share has gone',
  ENOTSUP: 'its file system cannot do it',
  EOPNOTSUPP: 'its file system cannot do it',
  ENOTEMPTY: 'it is being written to at the same time',
};

/**
 * What a failed operation on the shared volume means: `volume_full`, `volume_unwritable`, or `undefined` for anything
 * else, which is a defect of ours and goes on as it is: `throw volumeProblem(error) ?? error`.
 * @param what was to be done, for the operator: “the inbox of chat-1”.
 */
export function volumeProblem(error: unknown, what = 'the shared volume'): SurfacesError | undefined {
  if (!(error instanceof Error) || error instanceof SurfacesError) return undefined;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  const where = `${code}${syscall ? ` at ${syscall}` : ''}`;
  if (FULL.has(code)) return new SurfacesError('volume_full', `no space for ${what} (${where})`, { cause: error });
  const why = UNWRITABLE[code];
  return why
    ? new SurfacesError('volume_unwritable', `cannot write ${what}: ${why} (${where})`, { cause: error })
    : undefined;
}
